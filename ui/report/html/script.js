"use strict";
// Arrow keys on the maps, what the box under the eye says, and a button that
// copies an edit. The page is whole without any of it.
for (const map of document.querySelectorAll(".map")) {
  const boxes = [...map.querySelectorAll("a")];
  const said = map.parentElement.querySelector(".said");
  const hint = "Point at a box, or walk the map with the arrow keys; Enter leads to more.";
  let current = boxes[0];
  const say = (box) => { said.textContent = box ? box.getAttribute("aria-label") : hint; };
  const take = (box) => {
    current.tabIndex = -1;
    current = box;
    box.tabIndex = 0;
  };
  // A group is where its name is; what is in it is below.
  const place = (box) => {
    const r = box.getBoundingClientRect();
    const bottom = box.classList.contains("group") ? Math.min(r.top + 18, r.bottom) : r.bottom;
    return { left: r.left, right: r.right, top: r.top, bottom, middle: r.left + r.width / 2 };
  };
  // The nearest box that begins beyond this one's edge, straight above or below first.
  const beyond = (down) => {
    const here = place(current), x = here.middle;
    let best = null, least = Infinity;
    for (const box of boxes) {
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
  say(null);
  map.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.altKey || e.metaKey || e.shiftKey) return;
    const at = boxes.indexOf(current);
    const next = {
      ArrowRight: () => boxes[at + 1], ArrowLeft: () => boxes[at - 1],
      ArrowDown: () => beyond(true) || boxes[at + 1], ArrowUp: () => beyond(false) || boxes[at - 1],
      Home: () => boxes[0], End: () => boxes[boxes.length - 1],
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
