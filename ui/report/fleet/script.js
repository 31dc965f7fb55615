"use strict";
// Arrow keys on the bars, and a layer that is pointed at shown in all images that have it. The
// page is whole without any of it.
for (const bars of document.querySelectorAll(".bars")) {
  const rows = [...bars.querySelectorAll(".bar")].map((bar) => [...bar.querySelectorAll(".seg")]).filter((row) => row.length);
  const segments = rows.flat();
  if (!segments.length) continue;
  const said = bars.parentElement.querySelector(".said");
  const touch = matchMedia("(hover: none)").matches;
  const hint = touch ? "Tap a layer to see who has it; tap it again to go to its row." : "Point at a layer, or walk the bars with the arrow keys; Enter leads to its row.";
  let current = segments[0], chosen = null;
  const show = (segment) => {
    said.textContent = segment ? segment.getAttribute("aria-label") : hint;
    const layer = segment && segment.dataset.layer;
    const lit = layer && layer !== "-1";
    bars.classList.toggle("lit", Boolean(lit));
    for (const other of segments) other.classList.toggle("same", Boolean(lit) && other.dataset.layer === layer);
    for (const row of document.querySelectorAll("tr.same")) row.classList.remove("same");
    const row = lit && document.getElementById(`l${layer}`);
    if (row) row.classList.add("same");
  };
  const take = (segment) => {
    current.tabIndex = -1;
    current = segment;
    segment.tabIndex = 0;
  };
  const middle = (segment) => {
    const r = segment.getBoundingClientRect();
    return r.left + r.width / 2;
  };
  // The segment of a row that is straight above or below, or nearest to that.
  const nearest = (row) => {
    if (!row) return null;
    const x = middle(current);
    return row.reduce((best, segment) => {
      const far = (s) => {
        const r = s.getBoundingClientRect();
        return x < r.left ? r.left - x : x > r.right ? x - r.right : 0;
      };
      return far(segment) < far(best) ? segment : best;
    });
  };
  for (const segment of segments) segment.tabIndex = segment === current ? 0 : -1;
  show(null);
  bars.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.altKey || e.metaKey || e.shiftKey || !e.target.classList.contains("seg")) return;
    const at = segments.indexOf(current);
    const row = rows.findIndex((list) => list.includes(current));
    const next = {
      ArrowRight: () => segments[at + 1], ArrowLeft: () => segments[at - 1],
      ArrowDown: () => nearest(rows[row + 1]), ArrowUp: () => nearest(rows[row - 1]),
      Home: () => segments[0], End: () => segments[segments.length - 1],
    }[e.key];
    if (!next) return;
    e.preventDefault();
    const segment = next();
    if (segment) segment.focus();
  });
  // On a phone the first tap tells, and the second follows the link.
  bars.addEventListener("click", (e) => {
    const segment = e.target.closest(".seg");
    if (!segment || !touch || segment === chosen) return;
    e.preventDefault();
    chosen = segment;
    take(segment);
    show(segment);
  });
  bars.addEventListener("focusin", (e) => {
    if (!e.target.classList.contains("seg")) return;
    take(e.target);
    show(e.target);
  });
  bars.addEventListener("focusout", () => { if (!touch) show(null); });
  bars.addEventListener("pointerover", (e) => {
    const segment = e.target.closest(".seg");
    if (segment && !touch) show(segment);
  });
  bars.addEventListener("pointerleave", () => {
    if (!touch) show(bars.contains(document.activeElement) && document.activeElement.classList.contains("seg") ? current : null);
  });
}

// What a link leads to may be folded.
const arrive = () => {
  const to = location.hash && document.getElementById(location.hash.slice(1));
  for (let at = to; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
};
addEventListener("hashchange", arrive);
arrive();
