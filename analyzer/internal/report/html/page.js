"use strict";
(function () {
  const calls = Array.from(document.querySelectorAll(".call"));
  const query = document.getElementById("q");
  const boxes = Array.from(document.querySelectorAll("input[name=state]"));
  const cells = Array.from(document.querySelectorAll("button.cell"));
  const shown = document.getElementById("shown");
  const clear = document.getElementById("clear");
  const empty = document.getElementById("empty");
  const texts = new Map(calls.map((c) => [c, c.textContent.toLowerCase()]));
  let touch = "";

  function matches(call) {
    const state = call.dataset.state;
    if (!boxes.some((b) => b.checked && b.value === state)) return false;
    if (touch && !call.dataset.touches.split(" ").includes(touch)) return false;
    const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    return words.every((w) => texts.get(call).includes(w));
  }

  function filter() {
    let n = 0;
    for (const c of calls) {
      c.hidden = !matches(c);
      if (!c.hidden) n++;
    }
    shown.textContent = n + " of " + calls.length + (calls.length === 1 ? " call" : " calls");
    empty.hidden = n > 0;
    clear.hidden = !touch;
    clear.textContent = touch ? "only " + touch.replace(":", ", ") + " ×" : "";
    for (const b of cells) b.setAttribute("aria-pressed", String(b.dataset.touch === touch));
    remember();
  }

  function remember() {
    const p = new URLSearchParams();
    if (query.value) p.set("q", query.value);
    if (touch) p.set("touch", touch);
    const off = boxes.filter((b) => b.checked !== b.defaultChecked).map((b) => b.value);
    if (off.length) p.set("toggled", off.join(","));
    const hash = p.toString();
    if (hash !== location.hash.slice(1)) history.replaceState(null, "", hash ? "#" + hash : location.pathname + location.search);
  }

  function recall() {
    const p = new URLSearchParams(location.hash.slice(1));
    query.value = p.get("q") || "";
    touch = p.get("touch") || "";
    const toggled = (p.get("toggled") || "").split(",");
    for (const b of boxes) b.checked = b.defaultChecked !== toggled.includes(b.value);
    filter();
  }

  function all() {
    query.value = "";
    touch = "";
    for (const b of boxes) b.checked = b.defaultChecked;
    filter();
  }

  function step(by) {
    const list = calls.filter((c) => !c.hidden);
    if (!list.length) return;
    const at = list.indexOf(document.activeElement && document.activeElement.closest(".call"));
    const next = list[Math.min(list.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
    next.querySelector("summary").focus();
    next.scrollIntoView({ block: "nearest" });
  }

  for (const b of cells) {
    b.addEventListener("click", () => {
      touch = touch === b.dataset.touch ? "" : b.dataset.touch;
      filter();
      if (touch) document.getElementById("calls").scrollIntoView({ block: "start" });
    });
  }
  query.addEventListener("input", filter);
  for (const b of boxes) b.addEventListener("change", filter);
  clear.addEventListener("click", () => { touch = ""; filter(); });
  document.querySelector("form.filter").addEventListener("submit", (e) => e.preventDefault());
  addEventListener("hashchange", recall);
  addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "Escape") { all(); if (document.activeElement === query) query.blur(); return; }
    if (document.activeElement === query) return;
    if (e.key === "/") { e.preventDefault(); query.focus(); }
    if (e.key === "j") step(1);
    if (e.key === "k") step(-1);
    if (e.key === "o") {
      const list = calls.filter((c) => !c.hidden);
      const open = !list.every((c) => c.open);
      for (const c of list) c.open = open;
    }
  });
  // Paper has no buttons: all that is shown is open on it.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = calls.filter((c) => !c.open && !c.hidden);
    for (const c of closed) c.open = true;
  });
  addEventListener("afterprint", () => { for (const c of closed) c.open = false; });
  recall();
})();
