// Puts a button beside each full IRI, citation and sample of code that copies it; without this file the text can be selected.
for (const iri of document.querySelectorAll("code.iri, .cite__words, pre[data-name]")) {
  if (!navigator.clipboard) break;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  const say = (word) => {
    button.textContent = word;
    button.setAttribute("aria-label", `${word} ${iri.dataset.name ?? iri.textContent}`);
  };
  say("Copy");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(iri.textContent);
    say("Copied");
    setTimeout(say, 2000, "Copy");
  });
  iri.after(button);
}
