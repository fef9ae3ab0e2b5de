"use strict";

(() => {
  const root = document.body.dataset.root;
  const form = document.querySelector("form.search");
  const input = document.getElementById("Search");
  const panel = form.querySelector(".panel");
  const list = document.getElementById("Results");
  const found = document.getElementById("Found");
  const SHOWN = 60;
  // Ranks kinds of items whose names match equally well.
  const WEIGHTS = { struct: 45, enum: 44, service: 43, method: 30, field: 20, locator: 15, value: 10, parameter: 0 };

  // Splits names into words: `openStack VmStatus` and `open_stack.vm_status` have the same words.
  const words = (text) =>
    text
      .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
      .replace(/([A-Z])([A-Z][a-z])/g, "$1_$2")
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .filter(Boolean);

  // Loads the index on first use. It is a script because a page from a `file:` URL can load nothing else.
  let loading = null;
  const load = () => {
    loading ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `${root}search-index.js`;
      script.onload = () => resolve(prepare(window.referenceIndex));
      script.onerror = () => reject(new Error("can't load the index"));
      document.head.append(script);
    });
    return loading;
  };

  const prepare = (index) => {
    const entries = [];
    const owners = new Map();
    const add = (kind, owner, name, text, deprecated, href, rust = "") => {
      const entry = { kind, owner, name, text, deprecated, href, rust };
      entry.words = words(name);
      entry.joined = entry.words.join("");
      entry.also = words(`${owner} ${rust}`);
      entry.texts = words(text);
      entries.push(entry);
      return entry;
    };
    const shared = new Map(index.parameters);
    const own = (kind, name, base) => {
      const owner = { base, items: new Map() };
      owners.set(`${kind} ${name}`, owner);
      return owner;
    };
    for (const [name, kind, rust, base, text, deprecated, items] of index.types) {
      const page = `types/${name}.html`;
      const owner = own("type", name, base);
      add(kind, "", name, text, deprecated, page, rust);
      for (const [item, itemText, itemDeprecated] of items) {
        const what = kind === "enum" ? "value" : "field";
        owner.items.set(item, add(what, name, item, itemText, itemDeprecated, `${page}#${item}`));
      }
    }
    for (const [name, rust, base, text, deprecated, methods, locators] of index.services) {
      const page = `services/${name}.html`;
      const owner = own("service", name, base);
      add("service", "", name, text, deprecated, page, rust);
      for (const [method, methodText, methodDeprecated, parameters] of methods) {
        owner.items.set(method, add("method", name, method, methodText, methodDeprecated, `${page}#${method}`));
        for (const [item, itemText, itemDeprecated] of parameters) {
          const summary = itemText || shared.get(item) || "";
          add("parameter", `${name}.${method}`, item, summary, itemDeprecated, `${page}#${method}-${item}`);
        }
      }
      for (const [item, itemText, itemDeprecated] of locators) {
        owner.items.set(item, add("locator", name, item, itemText, itemDeprecated, `${page}#${item}`));
      }
    }
    return { entries, owners };
  };

  // Finds inherited items: `vm.memory`, where `memory` belongs to a type that `vm` extends.
  const inherited = ({ owners }, query) => {
    const parts = query.trim().split(/[\s.:]+/).map((part) => words(part).join("_"));
    if (parts.length !== 2) return [];
    const [head, name] = parts;
    return ["type", "service"].flatMap((kind) => {
      const service = head.replace(/_service$/, "");
      const start = kind === "service" ? service : head;
      let owner = owners.get(`${kind} ${start}`);
      for (let steps = 0; owner && steps < 20; steps += 1) {
        const item = owner.items.get(name);
        if (item) return steps === 0 ? [] : [{ ...item, owner: start, href: `${kind}s/${start}.html#${name}` }];
        owner = owners.get(`${kind} ${owner.base}`);
      }
      return [];
    });
  };

  const best = (all, token, whole, beginning, part) => {
    let score = 0;
    for (const word of all) {
      if (word === token) return whole;
      if (word.startsWith(token)) score = Math.max(score, beginning);
      else if (part && token.length > 2 && word.includes(token)) score = Math.max(score, part);
    }
    return score;
  };

  // Scores an entry. Returns 0 if it lacks a word of the query.
  const rate = (entry, tokens, compact) => {
    let score = 0;
    for (const token of tokens) {
      const one =
        best(entry.words, token, 100, 60, 30) ||
        // The spelling in paths: `diskattachments`.
        best([entry.joined], token, 100, 60, 0) ||
        best(entry.also, token, 25, 15, 0) ||
        best(entry.texts, token, 12, 6, 0);
      if (one === 0) return 0;
      score += one;
    }
    score /= tokens.length;
    const name = entry.joined;
    if (name === compact || entry.rust.toLowerCase() === compact) score += 1000;
    else if (entry.owner && entry.also.join("") + name === compact) score += 900;
    else if (name.startsWith(compact)) score += 200;
    return score + WEIGHTS[entry.kind] - Math.min(entry.name.length, 40) / 8 - (entry.deprecated ? 8 : 0);
  };

  const search = (index, query) => {
    const tokens = words(query);
    if (tokens.length === 0) return [];
    const compact = tokens.join("");
    const rated = [];
    for (const entry of index.entries) {
      const score = rate(entry, tokens, compact);
      if (score > 0) rated.push([score, entry]);
    }
    // The sort is stable: entries with equal scores keep the order of the index.
    rated.sort((a, b) => b[0] - a[0]);
    return [...inherited(index, query), ...rated.map(([, entry]) => entry)];
  };

  const marked = (element, text, tokens) => {
    const pattern = new RegExp(`(${tokens.join("|")})`, "i");
    for (const part of text.split(pattern)) {
      if (part === "") continue;
      if (tokens.includes(part.toLowerCase())) {
        const mark = document.createElement("mark");
        mark.textContent = part;
        element.append(mark);
      } else {
        element.append(part);
      }
    }
  };

  const part = (tag, name, text) => {
    const element = document.createElement(tag);
    element.className = name;
    element.textContent = text;
    return element;
  };

  const option = (entry, at, tokens) => {
    const item = document.createElement("li");
    item.id = `Result-${at}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    const link = document.createElement("a");
    link.href = root + entry.href;
    link.tabIndex = -1;
    const name = document.createElement("code");
    if (entry.owner) name.append(part("span", "owner", `${entry.owner}.`));
    marked(name, entry.name, tokens);
    if (entry.deprecated) name.classList.add("old");
    link.append(name, " ", part("span", "kind", entry.kind));
    const text = part("span", "text", "");
    marked(text, entry.text, tokens);
    link.append(text);
    item.append(link);
    return item;
  };

  let active = -1;
  const release = () => {
    list.children[active]?.setAttribute("aria-selected", "false");
    input.removeAttribute("aria-activedescendant");
    active = -1;
  };
  const choose = (at) => {
    const items = list.children;
    release();
    if (items.length === 0) return;
    active = (at + items.length) % items.length;
    const item = items[active];
    item.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  };

  const open = (yes) => {
    panel.hidden = !yes;
    input.setAttribute("aria-expanded", String(yes));
    if (!yes) release();
  };

  const count = (total) => {
    if (total === 0) return "No results";
    if (total === 1) return "1 result";
    return total > SHOWN ? `${total} results, showing the best ${SHOWN}` : `${total} results`;
  };

  const show = async () => {
    const query = input.value;
    if (query.trim() === "") {
      list.replaceChildren();
      open(false);
      return;
    }
    try {
      const index = await load();
      // The query may have changed while the index was loading.
      if (query !== input.value) return;
      const results = search(index, query);
      const tokens = words(query);
      release();
      list.replaceChildren(...results.slice(0, SHOWN).map((entry, at) => option(entry, at, tokens)));
      found.textContent = count(results.length);
      panel.scrollTop = 0;
    } catch (error) {
      list.replaceChildren();
      found.textContent = `Search failed: ${error.message}`;
    }
    open(true);
  };

  // Stores the query in the URL, so that going back restores the results.
  const remember = () => {
    try {
      history.replaceState(null, "", `#search=${encodeURIComponent(input.value)}`);
    } catch {
      // Some browsers forbid this for pages from `file:` URLs.
    }
  };

  input.addEventListener("input", show);
  input.addEventListener("focus", () => {
    load().catch(() => {});
    if (list.children.length > 0) open(true);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (panel.hidden) show();
      else if (active < 0) choose(event.key === "ArrowDown" ? 0 : -1);
      else choose(active + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      list.children[Math.max(active, 0)]?.querySelector("a").click();
    } else if (event.key === "Escape") {
      if (panel.hidden) input.value = "";
      open(false);
    }
  });
  list.addEventListener("click", (event) => {
    if (!event.target.closest("a") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    remember();
    open(false);
    input.blur();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !form.contains(event.relatedTarget)) open(false);
  });
  document.addEventListener("click", (event) => {
    if (!form.contains(event.target)) open(false);
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing) return;
    event.preventDefault();
    input.focus();
    input.select();
  });

  const fromAddress = () => {
    const query = /^#search=(.*)$/.exec(location.hash)?.[1];
    if (query === undefined) return;
    try {
      input.value = decodeURIComponent(query);
    } catch {
      input.value = query;
    }
    input.focus({ preventScroll: true });
    show();
  };
  window.addEventListener("hashchange", fromAddress);
  // Pages restored from the back/forward cache do not run scripts again.
  window.addEventListener("pageshow", fromAddress);
  form.hidden = false;

  // Copy buttons.

  const notice = document.getElementById("Notice");
  let silence;
  const copy = async (text, message) => {
    try {
      await navigator.clipboard.writeText(text);
      notice.textContent = message;
    } catch {
      return;
    }
    clearTimeout(silence);
    silence = setTimeout(() => (notice.textContent = ""), 1500);
  };
  document.addEventListener("click", (event) => {
    const anchor = event.target.closest?.("a.anchor");
    if (anchor) copy(anchor.href, "Link copied");
  });
  for (const code of document.querySelectorAll("pre.rust")) {
    const frame = document.createElement("div");
    frame.className = "copyable";
    const button = part("button", "copy", "Copy");
    button.type = "button";
    button.addEventListener("click", () => copy(code.textContent, "Copied"));
    code.replaceWith(frame);
    frame.append(code, button);
  }

  window.addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
})();
