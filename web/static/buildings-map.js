// Leaflet in place of the drawn map: the same marks, which can be moved and drawn nearer. Nothing is asked of another
// site, unless the operator has set where map tiles come from. Without this script the drawing stays.
import * as L from "./vendor/leaflet/dist/leaflet-src.esm.js";

for (const figure of document.querySelectorAll(".area-map")) replace(figure);

async function replace(figure) {
  const drawing = figure.querySelector("svg");
  const marks = [...drawing.querySelectorAll("a[data-at]")].map(told);
  if (!marks.length) return;
  const pairs = [...drawing.querySelectorAll("line[data-pair]")].map((line) => JSON.parse(line.dataset.pair));
  const place = document.createElement("div");
  place.className = "area-map__live";
  place.setAttribute("role", "region");
  place.setAttribute("aria-label", figure.querySelector("figcaption span").textContent);
  drawing.hidden = true;
  drawing.style.display = "none";
  figure.append(place);
  const { points, tiles, attribution } = figure.dataset;
  const map = L.map(place, { attributionControl: Boolean(tiles), maxZoom: 19, zoomSnap: 0.5 });
  map.fitBounds(L.latLngBounds(marks.map((mark) => mark.at)).pad(0.08), { maxZoom: 16 });
  if (tiles) {
    L.tileLayer(tiles, { attribution: escaped(attribution), maxZoom: 19 }).addTo(map);
    map.attributionControl.setPrefix(false);
  }
  L.control.scale({ imperial: false }).addTo(map);
  outlines().then((shapes) =>
    L.geoJSON(shapes, { interactive: false, style: { className: "area-map__outline", weight: 1.5 } }).addTo(map),
  );
  for (const pair of pairs) L.polyline(pair, { className: "map__pair", interactive: false }).addTo(map);
  const layer = L.layerGroup().addTo(map);
  show(layer, marks);
  if (points) map.on("moveend", () => follow(map, layer, points));
}

function told(link) {
  const { at, buildings } = link.dataset;
  return {
    at: JSON.parse(at),
    buildings: Number(buildings),
    name: link.getAttribute("aria-label"),
    href: link.getAttribute("href"),
    number: link.querySelector(".map__number")?.textContent ?? "",
  };
}

let asked = 0;

// The marks of the part that is seen: what was one mark for many comes apart as one draws nearer.
async function follow(map, layer, points) {
  const turn = ++asked;
  const box = map.getBounds();
  const corners = [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map((each) => each.toFixed(5));
  const response = await fetch(`${points}${points.includes("?") ? "&" : "?"}in=${corners.join(",")}`);
  if (!response.ok || turn !== asked) return;
  show(layer, (await response.json()).marks);
}

function show(layer, marks) {
  layer.clearLayers();
  for (const mark of marks) layer.addLayer(marker(mark));
}

function marker(mark) {
  const size = mark.buildings > 1 ? Math.min(38, 24 + 5 * Math.log10(mark.buildings)) : 20;
  const shown = mark.buildings > 1 ? String(mark.buildings) : (mark.number ?? "");
  const icon = L.divIcon({
    html: `<span>${shown}</span>`,
    className: `area-map__mark${mark.buildings > 1 ? " area-map__mark--many" : ""}`,
    iconSize: [size, size],
  });
  const made = L.marker(mark.at, { icon, title: mark.name, alt: mark.name });
  made.on("click", () => location.assign(mark.href));
  made.on("keypress", (event) => {
    if (event.originalEvent.key === "Enter") location.assign(mark.href);
  });
  made.on("add", () => {
    const element = made.getElement();
    element.setAttribute("role", "link");
    element.setAttribute("aria-label", mark.name);
  });
  return made;
}

async function outlines() {
  const response = await fetch(`/buildings/outlines.json${location.search.match(/[?&]snapshot=[^&]*/)?.[0].replace("&", "?") ?? ""}`);
  return response.ok ? response.json() : { type: "FeatureCollection", features: [] };
}

function escaped(text) {
  const made = document.createElement("span");
  made.textContent = text;
  return made.innerHTML;
}
