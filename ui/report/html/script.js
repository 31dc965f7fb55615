"use strict";
// Arrow keys on the maps, folders that open on them, what the box under the eye
// says, and a button that copies an edit. The page is whole without any of it.

// squarify cuts a rectangle up by weight, as the page itself was (htmllayout.go).
const squarify = (weights, { x, y, w, h }) => {
  const places = [];
  let left = weights.reduce((a, b) => a + b, 0);
  for (let i = 0, n = 1; i < weights.length && left > 0; i += n) {
    const scale = (w * h) / left, side = Math.max(Math.min(w, h), 1e-9);
    const worst = (count, row) => {
      const first = weights[i] * scale, last = weights[i + count - 1] * scale, all = row * scale;
      return last > 0 ? Math.max((side * side * first) / (all * all), (all * all) / (side * side * last)) : 1e18;
    };
    let row = weights[i];
    for (n = 1; i + n < weights.length && worst(n + 1, row + weights[i + n]) <= worst(n, row); n++) row += weights[i + n];
    const thick = (row * scale) / side, wide = w >= h;
    let at = 0;
    for (const weight of weights.slice(i, i + n)) {
      const long = row > 0 ? (weight / row) * side : 0;
      places.push(wide ? { x, y: y + at, w: thick, h: long } : { x: x + at, y, w: long, h: thick });
      at += long;
    }
    if (wide) { x += thick; w = Math.max(w - thick, 0); } else { y += thick; h = Math.max(h - thick, 0); }
    left -= row;
  }
  while (places.length < weights.length) places.push({ x, y, w: 0, h: 0 });
  return places;
};

const narrow = matchMedia("(max-width: 640px)");
for (const map of document.querySelectorAll(".map")) {
  const boxes = [...map.querySelectorAll("a")];
  const said = map.parentElement.querySelector(".said");
  const out = map.parentElement.querySelector(".out");
  const isGroup = (box) => box.classList.contains("group");
  const depth = (box) => Number(box.dataset.depth);
  const touch = matchMedia("(hover: none)").matches;
  let hint = touch ? "Tap a box for more." : "Point at a box, or walk the map with the arrow keys; Enter leads to more.";
  if (boxes.some(isGroup)) hint += touch ? " A tap on a name above boxes opens them." : " On a name above boxes it opens them, and Escape goes back.";
  let current = boxes[0], opened = null;
  const say = (box) => { said.textContent = box ? box.getAttribute("aria-label") : hint; };
  const take = (box) => {
    current.tabIndex = -1;
    current = box;
    box.tabIndex = 0;
  };

  // Boxes stand in the page as they stand in each other: a group, then what is in it.
  const below = (group) => {
    const start = boxes.indexOf(group) + 1;
    let end = start;
    while (end < boxes.length && depth(boxes[end]) > depth(group)) end++;
    return boxes.slice(start, end);
  };
  const around = (box) => boxes.slice(0, boxes.indexOf(box)).findLast((other) => depth(other) < depth(box)) || null;
  const draw = (box, r, whole) => {
    box.style.left = `${(r.x / whole.w) * 100}%`;
    box.style.top = `${(r.y / whole.h) * 100}%`;
    box.style.width = `${(r.w / whole.w) * 100}%`;
    box.style.height = `${(r.h / whole.h) * 100}%`;
    const kids = below(box).filter((kid) => depth(kid) === depth(box) + 1);
    if (!kids.length) return;
    const head = Math.min(20, r.h * 0.35), edge = Math.min(3, r.w * 0.1, r.h * 0.1);
    const room = { x: r.x + edge, y: r.y + head, w: r.w - 2 * edge, h: r.h - head - edge };
    let weights = kids.map((kid) => Number(kid.dataset.bytes));
    const sum = weights.reduce((a, b) => a + b, 0);
    weights = weights.map((weight, i) => (kids[i].classList.contains("rest") ? Math.max(weight, sum / 250) : weight));
    squarify(weights, room).forEach((at, i) => draw(kids[i], at, whole));
  };
  // open draws one group over the whole map; nothing: the map as it was.
  const open = (group) => {
    opened = group;
    const whole = { x: 0, y: 0, w: map.clientWidth, h: map.clientHeight };
    const shown = new Set(group ? [group, ...below(group)] : boxes);
    for (const box of boxes) {
      box.hidden = !shown.has(box);
      for (const property of ["left", "top", "width", "height"]) box.style.removeProperty(property);
      if (isGroup(box)) box.setAttribute("aria-expanded", String(box === group));
    }
    if (group) draw(group, whole, whole);
    out.hidden = !group;
  };
  const leave = () => {
    const from = opened;
    if (!from) return;
    open(around(from));
    from.focus();
  };
  map.addEventListener("click", (e) => {
    const box = e.target.closest("a");
    if (!box || !isGroup(box) || e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    if (box === opened) leave();
    else {
      open(box);
      box.focus();
    }
  });
  out.addEventListener("click", leave);
  narrow.addEventListener("change", () => open(opened));

  // A group is where its name is; what is in it is below.
  const place = (box) => {
    const r = box.getBoundingClientRect();
    const bottom = isGroup(box) ? Math.min(r.top + 18, r.bottom) : r.bottom;
    return { left: r.left, right: r.right, top: r.top, bottom, middle: r.left + r.width / 2 };
  };
  // The nearest box that begins beyond this one's edge, straight above or below first.
  const beyond = (seen, down) => {
    const here = place(current), x = here.middle;
    let best = null, least = Infinity;
    for (const box of seen) {
      const r = place(box);
      const gap = down ? r.top - here.bottom : here.top - r.bottom;
      if (box === current || gap < -2) continue;
      const aside = x < r.left ? r.left - x : x > r.right ? x - r.right : 0;
      const far = gap + 4 * aside + Math.abs(r.middle - x) / 1000;
      if (far < least) { best = box; least = far; }
    }
    return best;
  };
  for (const box of boxes) box.tabIndex = box === current ? 0 : -1;
  open(null);
  say(null);
  map.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.altKey || e.metaKey || e.shiftKey) return;
    if (e.key === "Escape" && opened) {
      leave();
      return;
    }
    const seen = boxes.filter((box) => !box.hidden);
    const at = seen.indexOf(current);
    const next = {
      ArrowRight: () => seen[at + 1], ArrowLeft: () => seen[at - 1],
      ArrowDown: () => beyond(seen, true) || seen[at + 1], ArrowUp: () => beyond(seen, false) || seen[at - 1],
      Home: () => seen[0], End: () => seen[seen.length - 1],
    }[e.key];
    if (!next) return;
    e.preventDefault();
    const box = next();
    if (box) box.focus();
  });
  map.addEventListener("focusin", (e) => { take(e.target); say(e.target); });
  map.addEventListener("focusout", () => say(null));
  map.addEventListener("pointerover", (e) => say(e.target.closest("a")));
  map.addEventListener("pointerleave", () => say(map.contains(document.activeElement) ? current : null));
}

if (navigator.clipboard) {
  for (const button of document.querySelectorAll(".copy")) {
    const lines = button.closest(".body").querySelectorAll(".diff .add, .diff .same");
    if (!lines.length) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText([...lines].map((l) => l.textContent).join("\n") + "\n");
        button.textContent = "Copied";
      } catch {
        button.textContent = "The browser does not allow it";
      }
    });
  }
}

// What a link leads to may be folded; and on paper nothing can be unfolded.
const unfold = (element) => {
  for (let at = element; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
};
const arrive = () => {
  const to = location.hash && document.getElementById(location.hash.slice(1));
  if (!to) return;
  unfold(to);
  const inside = to.querySelector(":scope > details");
  if (inside) inside.open = true;
  to.scrollIntoView();
};
addEventListener("hashchange", arrive);
arrive();
addEventListener("beforeprint", () => {
  for (const finding of document.querySelectorAll("details.finding, details.base-steps")) finding.open = true;
});
