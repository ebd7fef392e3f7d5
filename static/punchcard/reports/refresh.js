// Refreshing on demand: starts the job, shows how far it is, then shows the page as it is now.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const EVERY = 500;
  const REMEMBERED = "punchcard-refreshed";
  const box = document.getElementById("report-refresh");
  const button = box.querySelector("button");
  const bar = box.querySelector("progress");
  const said = box.querySelector("[role=status]");
  const words = box.dataset;

  function stop(text) {
    said.textContent = text;
    bar.hidden = true;
    button.disabled = false;
  }

  async function problemOf(response) {
    const problem = await response.json().catch(() => ({}));
    return problem.detail ?? words.failed;
  }

  async function start() {
    button.disabled = true;
    bar.hidden = false;
    bar.removeAttribute("value"); // how far is not known yet
    said.textContent = words.waiting;
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
    const body = JSON.stringify({ views: words.views.split(" ") });
    const response = await fetch(words.url, { method: "POST", headers, body });
    return response.ok ? follow(await response.json()) : stop(await problemOf(response));
  }

  async function follow(job) {
    if (job.state === "done") {
      sessionStorage.setItem(REMEMBERED, location.href);
      return location.reload();
    }
    if (job.state !== "queued" && job.state !== "running") return stop(job.error?.detail ?? words.failed);
    bar.max = job.total;
    if (job.state === "running") bar.value = job.done;
    said.textContent = job.state === "queued" ? words.waiting : words.running;
    await new Promise((wake) => setTimeout(wake, EVERY));
    const response = await fetch(words.jobs + job.id).catch(() => null);
    return follow(response?.ok ? await response.json() : job);
  }

  button.addEventListener("click", () => start().catch(() => stop(words.failed)));

  if (sessionStorage.getItem(REMEMBERED) === location.href) {
    sessionStorage.removeItem(REMEMBERED);
    said.textContent = words.done;
    button.focus({ preventScroll: true });
  }
});
