// A map of an answer in the editor: points by longitude and latitude (WKT, or ?lat with ?long), north up, no background.
const WKT = "http://www.opengis.net/ont/geosparql#wktLiteral";
const POINT =
  /^\s*(?:<([^>]*)>\s*)?POINT\s*(?:Z\s*)?\(\s*(-?[\d.]+)\s+(-?[\d.]+)(?:\s+-?[\d.]+)?\s*\)\s*$/i;
const CRS84 = /^https?:\/\/www\.opengis\.net\/def\/crs\/OGC\/1\.3\/CRS84$/;
const EPSG_4326 = /^https?:\/\/www\.opengis\.net\/def\/crs\/EPSG\/0\/4326$/;
const WIDTH = 800;
const HEIGHT = 560;
const MARGIN = 40;
const NAMED = 30;
const SVG = "http://www.w3.org/2000/svg";

class PointMap {
  priority = 3;
  label = "Map";

  constructor(yasr) {
    this.yasr = yasr;
  }

  canHandleResults() {
    return this.points().length > 0;
  }

  // Places with longitude, latitude (degrees) and a name.
  points() {
    const rows = this.yasr.results?.getBindings?.() ?? [];
    const found = [];
    for (const row of rows) {
      const wkt = Object.values(row).find((cell) => cell?.datatype === WKT && coordinates(cell.value));
      const degrees = [(row.long ?? row.lon ?? row.lng)?.value ?? NaN, row.lat?.value ?? NaN].map(Number);
      const [long, lat] = wkt ? coordinates(wkt.value) : degrees;
      if (!onEarth(long, lat)) continue;
      const cells = Object.values(row).filter((cell) => cell !== wkt);
      const name = cells.find((cell) => cell.type === "literal" && isNaN(cell.value)) ?? cells[0];
      found.push({ long, lat, name: name?.value ?? `${lat}, ${long}` });
    }
    return found;
  }

  // The tab says in words what it is.
  getIcon() {}

  draw() {
    const points = this.points();
    const [west, east] = range(points.map(({ long }) => long));
    const [south, north] = range(points.map(({ lat }) => lat));
    // A degree of longitude is shorter than one of latitude by the cosine of the latitude.
    const narrow = Math.cos(((south + north) / 2) * (Math.PI / 180));
    const scale = Math.min((WIDTH - 2 * MARGIN) / ((east - west) * narrow), (HEIGHT - 2 * MARGIN) / (north - south));
    const width = (east - west) * narrow * scale + 2 * MARGIN;
    const height = (north - south) * scale + 2 * MARGIN;
    const svg = shape("svg", { viewBox: `0 0 ${width} ${height}`, width, height, class: "map", role: "img" });
    svg.setAttribute("aria-label", `Map of ${points.length} places; the table lists them`);
    const x = (long) => MARGIN + (long - west) * narrow * scale;
    const y = (lat) => MARGIN + (north - lat) * scale;
    for (const long of steps(west, east)) {
      svg.append(shape("line", { x1: x(long), x2: x(long), y1: 0, y2: height, class: "map__grid" }));
      svg.append(shape("text", { x: x(long) + 4, y: height - 6, class: "map__degree" }, `${long}°`));
    }
    for (const lat of steps(south, north)) {
      svg.append(shape("line", { x1: 0, x2: width, y1: y(lat), y2: y(lat), class: "map__grid" }));
      svg.append(shape("text", { x: 4, y: y(lat) - 4, class: "map__degree" }, `${lat}°`));
    }
    for (const { long, lat, name } of points) {
      const point = shape("circle", { cx: x(long), cy: y(lat), r: 6, class: "map__point" });
      point.append(shape("title", {}, name));
      svg.append(point);
      if (points.length > NAMED) continue;
      const left = x(long) > width / 2;
      const beside = { x: x(long) + (left ? -10 : 10), y: y(lat) + 5, "text-anchor": left ? "end" : "start" };
      svg.append(shape("text", { ...beside, class: "map__name" }, name));
    }
    this.yasr.resultsEl.append(svg);
  }
}

// Longitude and latitude of a point, null for what is none; the rule of web/geometry.py, to whose cases it is held.
function coordinates(wkt) {
  const [, system, ...parts] = wkt.match(POINT) ?? [];
  const [first, second] = EPSG_4326.test(system) ? parts.map(Number).reverse() : parts.map(Number);
  if (system && !EPSG_4326.test(system) && !CRS84.test(system)) return null;
  return onEarth(first, second) ? [first, second] : null;
}

function onEarth(longitude, latitude) {
  return Math.abs(longitude) <= 180 && Math.abs(latitude) < 90;
}

function range(numbers) {
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const edge = Math.max((high - low) * 0.05, 0.02);
  return [low - edge, high + edge];
}

// Round degrees within a range, four to nine of them.
function steps(low, high) {
  const step = [10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005].find((each) => (high - low) / each >= 3) ?? 0.002;
  const found = [];
  for (let at = Math.ceil(low / step) * step; at <= high; at += step) found.push(Number(at.toFixed(3)));
  return found;
}

function shape(tag, attributes, text = "") {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}

window.Yasgui?.Yasr.registerPlugin("map", PointMap);
