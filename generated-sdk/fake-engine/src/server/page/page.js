"use strict";

const BASE = "/fake-engine";
const PERIOD = 2000;
/** The number of requests that the table shows. */
const SHOWN = 500;

const find = (id) => document.getElementById(id);

/** Creates an element. Texts are never markup. */
function element(tag, attributes, ...children) {
  const created = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) created.setAttribute(name, value);
  created.append(...children);
  return created;
}

async function get(path) {
  const response = await fetch(BASE + path, { cache: "no-store" });
  if (!response.ok) throw new Error(`${response.status}: ${(await response.text()).trim()}`);
  return response.json();
}

/** Replaces the children of an element, unless they stay the same: the focus and the selection stay, too. */
function fill(parent, children) {
  const fresh = document.createElement(parent.tagName);
  fresh.append(...children);
  if (fresh.innerHTML !== parent.innerHTML) parent.replaceChildren(...fresh.childNodes);
}

const addressOf = (path, page) =>
  `#/${path.split("/").map(encodeURIComponent).join("/")}${page > 1 ? `?page=${page}` : ""}`;

// Objects.

function pathLinks(path) {
  const segments = path === "" ? [] : path.split("/");
  const links = [element("a", { href: "#/" }, "api")];
  segments.forEach((segment, index) => {
    links.push(" / ");
    const to = segments.slice(0, index + 1).join("/");
    const current = index === segments.length - 1 ? { "aria-current": "page" } : {};
    links.push(element("a", { href: addressOf(to), ...current }, segment));
  });
  return links;
}

function collectionLinks(path, collections) {
  const items = collections.map(({ name, count }) => {
    const link = element("a", { href: addressOf(path === "" ? name : `${path}/${name}`) }, name);
    return element("li", count === 0 ? { class: "empty" } : {}, link, ` ${count === null ? "" : count}`);
  });
  return element("ul", { class: "collections" }, ...items);
}

function objectTable(path, found) {
  const rows = found.objects.map(({ id, name, status }) =>
    element(
      "tr",
      {},
      element("td", {}, element("a", { href: addressOf(`${path}/${id}`) }, name === null || name === "" ? id : name)),
      element("td", {}, status ?? ""),
      element("td", {}, id),
    ),
  );
  const head = ["Name", "Status", "ID"].map((title) => element("th", { scope: "col" }, title));
  const table = element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...rows),
  );
  return element("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Table of objects" }, table);
}

function pager(path, { page, pages }) {
  if (pages < 2) return "";
  const links = [];
  if (page > 1) links.push(element("a", { href: addressOf(path, page - 1), rel: "prev" }, "Previous page"), " ");
  links.push(`Page ${page} of ${pages}`);
  if (page < pages) links.push(" ", element("a", { href: addressOf(path, page + 1), rel: "next" }, "Next page"));
  return element("p", {}, ...links);
}

async function loadObjects(path, page) {
  const query = new URLSearchParams({ path, page });
  const found = await get(`/objects?${query}`);
  return () => showObjects(path, found);
}

function showObjects(path, found) {
  fill(find("Path"), pathLinks(path));
  const content = [];
  if (found.objects) {
    find("ObjectsTitle").textContent = `${found.count} ${found.count === 1 ? "object" : "objects"} in ${path}`;
    if (found.count > 0) content.push(objectTable(path, found), pager(path, found));
  } else {
    find("ObjectsTitle").textContent = path === "" ? "Collections" : `${found.kind} ${found.name ?? ""}`;
  }
  if (found.collections.length > 0) content.push(collectionLinks(path, found.collections));
  if (found.document) {
    // Actions are the same for all objects of a kind.
    const text = found.document.replace(/\n *<actions>[^]*?<\/actions>/g, "");
    content.push(element("h3", {}, "Document, without actions"), element("pre", { tabindex: "0" }, text));
  }
  fill(find("Content"), content);
}

// Requests.

/** The requests that are known, by number. */
const log = new Map();

const time = (milliseconds) => new Date(milliseconds).toLocaleTimeString([], { hour12: false });
const took = (milliseconds) => (milliseconds === null ? "" : `${milliseconds.toFixed(1)} ms`);

function statusCell(status) {
  if (status === null) return element("td", { class: "plain" }, "no response");
  return element("td", { class: `plain ${status < 400 ? "good" : "bad"}` }, String(status));
}

function row({ number, time: received, method, address, status, took: duration }) {
  return element(
    "tr",
    {},
    element("td", { class: "plain number" }, String(number)),
    element("td", { class: "plain" }, time(received)),
    element("td", {}, element("a", { href: `#requests/${number}` }, `${method} ${address}`)),
    statusCell(status),
    element("td", { class: "plain" }, took(duration)),
  );
}

/** Whether a request has all words of the filter. */
function matches(request, words) {
  const text = `${request.method} ${request.address} ${request.status ?? "no response"}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

async function loadRequests() {
  // Requests without a response may have got one.
  const pending = [...log.values()].filter((request) => request.status === null).map((request) => request.number);
  const from = Math.min(...pending, log.size === 0 ? 0 : Math.max(...log.keys()) + 1);
  const found = await get(`/requests?from=${from}`);
  return () => showRequests(found);
}

function showRequests(found) {
  for (const request of found.requests) log.set(request.number, request);
  for (const number of log.keys()) if (number < found.first || number >= found.next) log.delete(number);
  const words = find("Filter").value.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const chosen = [...log.values()].filter((request) => matches(request, words)).reverse();
  const latest = chosen.length > SHOWN ? `, the latest ${SHOWN} shown` : "";
  find("Count").textContent = `${chosen.length} of ${log.size}${latest}`;
  fill(find("Log"), chosen.slice(0, SHOWN).map(row));
}

function message(title, { headers, body, omitted }) {
  const parts = [element("h3", {}, title)];
  const lines = headers.map(([name, value]) => `${name}: ${value}\n`).join("");
  if (lines !== "") parts.push(element("pre", { tabindex: "0", "aria-label": `Headers of the ${title}` }, lines));
  if (body !== "") parts.push(element("pre", { tabindex: "0", "aria-label": `Body of the ${title}` }, body));
  if (omitted > 0) parts.push(element("p", {}, `${omitted} more bytes are not shown.`));
  return parts;
}

async function loadRequest(number) {
  const found = await get(`/requests/${number}`);
  return () => showRequest(found);
}

function showRequest(found) {
  const { method, address, status, time: received, took: duration } = found;
  find("RequestTitle").textContent = `${method} ${address}`;
  const line = `${new Date(received).toISOString()} — ${status ?? "no response"} — ${took(duration)}`;
  const parts = [element("p", {}, line), ...message("Request", found.request)];
  if (found.response) parts.push(...message("Response", found.response));
  fill(find("Exchange"), parts);
}

// The page.

/** Loads what a place of the page shows; returns a function that shows it. */
function load(place, request) {
  if (request) return loadRequest(request);
  if (place === "requests") return loadRequests();
  const [path, query] = place.replace(/^\//, "").split("?");
  const page = new URLSearchParams(query).get("page") ?? "1";
  return loadObjects(path.split("/").map(decodeURIComponent).join("/"), page);
}

/** The number of the latest call of `show`. What earlier calls have loaded is out of date. */
let turn = 0;

async function show() {
  turn += 1;
  const own = turn;
  const place = location.hash.replace(/^#/, "");
  const request = /^requests\/(\d+)$/.exec(place);
  const view = request ? "Request" : place === "requests" ? "Requests" : "Objects";
  for (const name of ["Objects", "Requests", "Request"]) find(name).hidden = name !== view;
  for (const [name, isCurrent] of [["ObjectsLink", view === "Objects"], ["RequestsLink", view !== "Objects"]]) {
    if (isCurrent) find(name).setAttribute("aria-current", "page");
    else find(name).removeAttribute("aria-current");
  }
  const problem = find("Problem");
  try {
    const [apply, { now }] = await Promise.all([load(place, request?.[1]), get("/clock")]);
    if (own !== turn) return;
    apply();
    find("Clock").textContent = `Engine's clock: ${now}`;
    problem.hidden = true;
  } catch (error) {
    if (own !== turn) return;
    problem.textContent = error instanceof TypeError ? "Can't reach the fake engine." : error.message;
    problem.hidden = false;
  }
}

async function refresh() {
  setTimeout(refresh, PERIOD);
  if (find("Refresh").checked && !document.hidden) await show();
}

window.addEventListener("hashchange", async () => {
  await show();
  find("main").focus({ preventScroll: true });
  window.scrollTo(0, 0);
});
find("Filter").addEventListener("input", show);
find("Clear").addEventListener("click", async () => {
  await fetch(`${BASE}/requests`, { method: "DELETE" });
  await show();
});
setTimeout(refresh, PERIOD);
show();
