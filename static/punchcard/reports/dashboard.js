// The live dashboard: draws the state it was sent, then every state that the server pushes.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const FIRST_WAIT = 500;
  const LONGEST_WAIT = 15_000;
  const board = document.getElementById("board");
  const byId = (id) => document.getElementById(id);
  const live = byId("board-live");
  const sales = byId("sales-chart");
  const number = new Intl.NumberFormat(document.documentElement.lang);
  let first = JSON.parse(byId("board-data").textContent);
  const drawSales = window.punchcardCharts.moneyChart(sales, first.chart.names);
  const drawLevels = window.punchcardCharts.countChart(byId("levels-chart"));

  /** Make an element with text, attributes and children; texts are never read as HTML. */
  function make(tag, { text, children = [], ...attributes } = {}) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(name, value);
    if (text !== undefined) element.textContent = text;
    element.append(...children);
    return element;
  }

  function drawTiles(tiles) {
    for (const tile of tiles) {
      const element = board.querySelector(`.pc-figure[data-key="${tile.key}"]`) ?? addTile(tile);
      const value = element.querySelector("strong");
      if (value.textContent !== tile.value) {
        value.textContent = tile.value;
        element.classList.remove("pc-moved");
        requestAnimationFrame(() => element.classList.add("pc-moved"));
      }
      const note = element.querySelector("small");
      note.textContent = tile.note;
      note.className = `pc-trend-${tile.trend}`;
    }
  }

  function addTile(tile) {
    const children = [make("span", { text: tile.title }), make("strong"), make("small")];
    const element = make("li", { class: "pc-figure", "data-key": tile.key, children });
    byId("board-tiles").append(element);
    return element;
  }

  function drawTable(body, rows) {
    body.replaceChildren(
      ...rows.map(([head, ...cells]) =>
        make("tr", { children: [make("th", { scope: "row", text: head }), ...cells.map((text) => make("td", { text }))] }),
      ),
    );
  }

  function drawPrograms(programs) {
    byId("no-programs").hidden = programs.length > 0;
    byId("programs-behind").hidden = programs.length === 0;
    drawTable(byId("programs-table"), programs.map((one) => [one.name, one.orders, one.amount, one.discount]));
    byId("board-programs").replaceChildren(
      ...programs.map((one) => {
        const bar = make("span", { class: "pc-bar", "aria-hidden": "true" });
        bar.style.inlineSize = `${one.share}%`;
        bar.hidden = one.share === 0;
        const name = make("a", { class: "pc-link", href: one.link, text: one.name });
        const numbers = make("span", { class: "pc-top-numbers", text: `${one.discount} · ${one.orders}×` });
        return make("li", { children: [make("span", { class: "pc-top-line", children: [name, numbers] }), bar] });
      }),
    );
  }

  function drawBest(best) {
    const line = byId("board-best");
    line.hidden = !best;
    if (!best) return;
    const link = line.querySelector("a");
    link.href = best.link;
    link.textContent = best.name;
    line.querySelector(".pc-soft").textContent = best.text;
  }

  function drawFeed(rows, archived) {
    byId("no-orders").hidden = rows.length > 0 || archived !== "";
    byId("orders-archived").hidden = archived === "";
    byId("orders-archived").textContent = archived;
    byId("board-feed").replaceChildren(
      ...rows.map((one) => {
        const link = make("a", { class: "pc-link", href: one.link, text: one.ref });
        const left = make("span", { children: [link, make("small", { text: `${one.text} · ${one.at}` })] });
        const right = make("span", { text: one.amount });
        if (one.note) right.append(make("small", { text: one.note }));
        return make("li", { children: [left, right] });
      }),
    );
  }

  /** A board that stays open over midnight shows other days: so do its files. */
  function drawFiles(files) {
    for (const link of board.querySelectorAll("[data-files]")) {
      const format = new URL(link.href).searchParams.get("format");
      const address = files[link.dataset.files];
      link.href = `${address}${address.includes("?") ? "&" : "?"}format=${format}`;
    }
  }

  function draw(state) {
    byId("board-title").textContent = state.title;
    byId("board-as-of").textContent = state.as_of;
    drawTiles(state.tiles);
    const { labels, sales: amounts, discounts, orders } = state.chart;
    const money = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: state.chart.currency });
    const isEmpty = [...orders, ...amounts, ...discounts].every((one) => one === 0);
    byId("no-sales").hidden = !isEmpty;
    sales.parentElement.hidden = isEmpty;
    drawSales(labels, amounts, discounts, money);
    drawTable(byId("sales-table"), labels.map((label, at) => [label, number.format(orders[at]), money.format(amounts[at]), money.format(discounts[at])]));
    drawLevels(state.levels.map((one) => one.name), state.levels.map((one) => one.members));
    drawTable(byId("levels-table"), state.levels.map((one) => [one.name, number.format(one.members)]));
    drawBest(state.best);
    drawPrograms(state.programs);
    drawFiles(state.files);
    drawFeed(state.feed, state.archived);
  }

  function tellState(kind) {
    live.textContent = board.dataset[kind];
    live.dataset.state = kind;
  }

  function connect(wait) {
    const host = board.dataset.port === "0" ? location.host : `${location.hostname}:${board.dataset.port}`;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${host}/ws/reports/dashboard?${board.dataset.query}`);
    socket.addEventListener("message", (message) => {
      const state = JSON.parse(message.data);
      tellState(state.live ? "live" : "stale");
      if (state.live) draw(state);
      wait = FIRST_WAIT;
    });
    socket.addEventListener("close", () => {
      tellState("reconnecting");
      setTimeout(() => connect(Math.min(wait * 2, LONGEST_WAIT)), wait * (0.5 + Math.random()));
    });
  }

  draw(first);
  first = null;
  connect(FIRST_WAIT);
});
