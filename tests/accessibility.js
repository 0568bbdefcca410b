// What can be told of a page from the page itself: a list of faults, each with the rule of WCAG 2.2 that it breaks.
() => {
  const faults = [];
  const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const say = (rule, element) => faults.push(`${rule}: ${element.outerHTML.slice(0, 120)}`);

  const channel = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const colour = (text) => {
    const [red, green, blue, alpha = 1] = text.match(/[\d.]+/g).map(Number);
    return { red, green, blue, alpha };
  };
  const luminance = ({ red, green, blue }) =>
    0.2126 * channel(red / 255) + 0.7152 * channel(green / 255) + 0.0722 * channel(blue / 255);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const found = colour(getComputedStyle(at).backgroundColor);
      if (found.alpha === 1) return found;
    }
    return { red: 255, green: 255, blue: 255, alpha: 1 };
  };

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !shown(element) || element.closest(".govuk-visually-hidden, .govuk-skip-link")) continue;
    const style = getComputedStyle(element);
    const [light, dark] = [luminance(colour(style.color)), luminance(behind(element))].sort((a, b) => b - a);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if ((light + 0.05) / (dark + 0.05) < (large ? 3 : 4.5)) say("1.4.3 contrast", element);
    if (size < 12) say("text under 12 px", element);
  }

  let level = 0;
  for (const heading of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1) say("1.3.1 heading level left out", heading);
    level = next;
  }
  for (const link of document.querySelectorAll("a[href], button")) {
    const name = link.getAttribute("aria-label") || link.textContent;
    if (!name.trim()) say("2.4.4 no name", link);
    const box = link.getBoundingClientRect();
    const inline = getComputedStyle(link).display === "inline";
    if (shown(link) && !inline && !link.classList.contains("govuk-skip-link") && (box.height < 24 || box.width < 24)) say("2.5.8 target size", link);
  }
  for (const field of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    if (!field.labels.length && !field.getAttribute("aria-label") && !field.getAttribute("aria-labelledby")) say("3.3.2 no label", field);
  }
  for (const image of document.querySelectorAll("img:not([alt])")) say("1.1.1 no alternative", image);
  for (const [selector, rule] of [["main", "main"], ["header", "banner"], ["footer", "contentinfo"], ["h1", "first heading"]]) {
    if (document.querySelectorAll(selector).length !== 1) faults.push(`1.3.1 not one ${rule}`);
  }
  for (const element of document.querySelectorAll("[aria-labelledby], [aria-describedby]")) {
    const names = `${element.getAttribute("aria-labelledby") ?? ""} ${element.getAttribute("aria-describedby") ?? ""}`;
    for (const id of names.split(/\s+/).filter(Boolean)) if (!document.getElementById(id)) say("4.1.2 names what is not there", element);
  }
  if (document.documentElement.scrollWidth > innerWidth) faults.push("1.4.10 scrolls sideways");
  return faults;
}
