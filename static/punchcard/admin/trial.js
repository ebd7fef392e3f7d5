// Trying a program: a product that is found goes into the basket, and after every change the page
// asks for the receipt anew. The address keeps the basket, so a trial can be sent to a colleague.
"use strict";
{
  const PAUSE = 250;
  const form = document.getElementById("trial-form");
  const basket = document.getElementById("basket");
  const answer = document.getElementById("trial-answer");
  const empty = document.querySelector(".pc-empty");
  let asked = 0;
  let waiting;

  function query() {
    const given = new FormData(form);
    given.delete("find");
    return new URLSearchParams(given);
  }

  /** Ask for the receipt; an answer that a later question has overtaken is dropped. */
  async function ask() {
    const mine = ++asked;
    const given = query();
    history.replaceState(null, "", `?${given}`);
    empty.hidden = basket.rows.length > 0;
    answer.setAttribute("aria-busy", "true");
    given.set("part", "1");
    const response = await fetch(`?${given}`, { headers: { Accept: "text/html" } });
    if (mine !== asked) return;
    answer.removeAttribute("aria-busy");
    if (response.redirected || !response.ok) return form.submit();
    answer.innerHTML = await response.text();
  }

  function askSoon() {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  }

  function add(id, name) {
    const there = [...basket.rows].find((row) => row.querySelector("[name=product]").value === id);
    if (there) {
      const qty = there.querySelector("[name=qty]");
      qty.value = String((Number(qty.value.replace(",", ".")) || 0) + 1);
    } else {
      const row = document.getElementById("basket-line").content.firstElementChild.cloneNode(true);
      row.querySelector("[name=product]").value = id;
      row.querySelector(".pc-name").textContent = name;
      basket.append(row);
    }
    askSoon();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  form.addEventListener("input", askSoon);
  form.addEventListener("change", askSoon);
  basket.addEventListener("click", (event) => {
    const button = event.target.closest(".pc-remove");
    if (!button) return;
    const row = button.closest("tr");
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    (next?.querySelector(".pc-remove") ?? form.querySelector(".select2-selection"))?.focus();
    askSoon();
  });
  // The search boxes speak through the admin's jQuery alone.
  window.addEventListener("load", () => {
    const $ = window.django.jQuery;
    $("#id_find").on("select2:select", (event) => {
      const { id, text } = event.params.data;
      $("#id_find").val(null).trigger("change");
      add(String(id), text);
    });
    $("#id_partner").on("change", askSoon);
  });
}
