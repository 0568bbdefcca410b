// Puts a button beside each full IRI that copies it; without this file the text can be selected with one click.
for (const iri of document.querySelectorAll("code.iri")) {
  if (!navigator.clipboard) break;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  const say = (word) => {
    button.textContent = word;
    button.setAttribute("aria-label", `${word} ${iri.textContent}`);
  };
  say("Copy");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(iri.textContent);
    say("Copied");
    setTimeout(say, 2000, "Copy");
  });
  iri.after(button);
}
