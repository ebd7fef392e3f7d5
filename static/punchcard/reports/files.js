// Files of reports: short ones are fetched at once, long ones are written by a job, with a bar.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const EVERY = 1000;
  const API = "/api/v1/reports/";
  const box = document.getElementById("report-files");
  const list = box.querySelector("ul");
  const said = box.querySelector("[role=status]");
  const words = box.dataset;

  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  /** Add a line for a file: its name, a bar, and what is to be said of it. */
  function addLine(name) {
    const bar = make("progress", { "aria-label": name });
    const note = make("span", { class: "pc-soft" }, words.preparing);
    const line = make("li", {}, make("span", {}, name), bar, note);
    list.prepend(line);
    box.hidden = false;
    return { line, bar, note, name };
  }

  function tell(file, text) {
    file.bar.remove();
    file.note.textContent = text;
    said.textContent = `${file.name}: ${text}`;
  }

  function offer(file, address, name) {
    tell(file, words.ready);
    file.line.append(make("a", { class: "pc-link", href: address, download: name }, words.download));
  }

  async function problemOf(response) {
    try {
      return await response.json();
    } catch {
      return { detail: words.failed };
    }
  }

  const nameOf = (report, format) => `${report.replace("/", "-")}.${format}`;

  async function fetchFile(link) {
    const address = new URL(link.href);
    const report = address.pathname.slice(API.length);
    const { format, ...parameters } = Object.fromEntries(address.searchParams);
    const name = nameOf(report, format);
    const file = addLine(name);
    const response = await fetch(address);
    if (response.ok) {
      const content = URL.createObjectURL(await response.blob());
      offer(file, content, name);
      file.line.querySelector("a").click();
      return;
    }
    const problem = await problemOf(response);
    if (problem.code === "export_too_large") await writeFile(file, { report, format, parameters });
    else tell(file, problem.detail);
  }

  async function writeFile(file, asked) {
    const token = box.querySelector("[name=csrfmiddlewaretoken]").value;
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
    const response = await fetch(words.url, { method: "POST", headers, body: JSON.stringify(asked) });
    if (response.ok) follow(file, await response.json());
    else tell(file, (await problemOf(response)).detail);
  }

  /** Show how far a file is, and ask again until it is over. */
  async function follow(file, state) {
    const { job } = state;
    if (state.download) return offer(file, state.download, nameOf(state.report, state.format));
    if (job.state !== "queued" && job.state !== "running") return tell(file, job.error?.detail ?? words.failed);
    file.bar.max = job.total;
    file.bar.value = job.done;
    const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });
    file.note.textContent = job.state === "queued" ? words.waiting : percent.format(job.done / job.total);
    await new Promise((wake) => setTimeout(wake, EVERY));
    const response = await fetch(`${words.url}/${state.id}`).catch(() => null);
    return follow(file, response?.ok ? await response.json() : state);
  }

  for (const link of document.querySelectorAll(".pc-files a")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      fetchFile(link).catch(() => (said.textContent = words.failed));
    });
  }

  // What was asked for before, perhaps on another page: still being written, or ready.
  fetch(words.url)
    .then((response) => (response.ok ? response.json() : { results: [] }))
    .then(({ results }) => {
      for (const one of results.reverse()) {
        const open = ["queued", "running"].includes(one.job.state);
        if (open || one.download) follow(addLine(nameOf(one.report, one.format)), one);
      }
    })
    .catch(() => {});
});
