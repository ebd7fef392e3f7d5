// The bar of a job that runs: asked for every second, and the page is drawn anew when it is over.
"use strict";
{
  const EVERY = 1000;

  async function follow(box) {
    const asked = fetch(box.dataset.url, { headers: { Accept: "application/json" } });
    const response = await asked.catch(() => null); // the network may come back
    if (!response) return setTimeout(follow, EVERY, box);
    if (!response.ok) return;
    const { state, done, total } = await response.json();
    const bar = box.querySelector("progress");
    bar.max = total;
    bar.value = done;
    box.querySelector(".pc-done").textContent = done.toLocaleString(document.documentElement.lang);
    if (state !== "queued" && state !== "running") return location.reload();
    setTimeout(follow, EVERY, box);
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const box of document.querySelectorAll(".pc-job")) {
      if (["queued", "running"].includes(box.dataset.state)) setTimeout(follow, EVERY, box);
    }
  });
}
