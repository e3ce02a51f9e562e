/* The page that checks a draw: reads the files chosen, runs npd1.js over them and lists what came of it. Sends nothing. */
(function () {
  "use strict";
  const chosen = document.getElementById("draw-files"), answer = document.getElementById("draw-answer");
  const words = document.getElementById("draw-words").content;
  document.getElementById("check-here").hidden = false;

  function say(key, ...values) {
    const found = words.querySelector('[data-key="' + key + '"]');
    return (found ? found.textContent : key).replace(/\{(\d)\}/g, (blank, n) => String(values[n - 1]));
  }
  // Where it stopped, with its nouns in the language of the page: "result.json, member selected".
  function placed(where) {
    const told = where.split(", ").map((part) => part.replace(/^(member|line|item|row|cell|receipt) ?/, (noun) => say("where-" + noun.trim()) + " ").trim());
    return where ? told.join(", ") + say("where-end") + " " : "";
  }
  function element(name, text, look) {
    const made = document.createElement(name);
    made.textContent = text;
    if (look) made.className = look;
    return made;
  }

  async function read(files) {
    const held = {}, loose = {};
    let receipt = null, zipped = false;
    for (const file of files) {
      const data = new Uint8Array(await file.arrayBuffer());
      if (data[0] === 80 && data[1] === 75) { Object.assign(held, await npd1.unzip(data)); zipped = true; }
      else if (/\.zip$/i.test(file.name)) throw { code: 2, where: file.name, what: ["zip"] };
      else if (new TextDecoder().decode(data).includes('"line"')) receipt = data;
      else loose[file.name] = data;
    }
    Object.assign(held, loose);
    return { files: zipped || Object.keys(loose).length ? held : null, receipt };
  }

  function show(found) {
    const told = document.createDocumentFragment(), list = element("ul", "", "checks");
    const box = element("div", "", "notice notice--" + ["success", "danger", "warning"][found.code]);
    box.append(element("p", say("code-" + found.code), "notice__title"));
    if (found.code) box.append(element("p", placed(found.where) + say("bad-" + found.what[0], ...found.what.slice(1)), "reference"), element("p", say("next-" + found.code)));
    for (const [kind, key, ...values] of found.checks) {
      const item = element("li", "", kind === "holds" ? "is-good" : "is-open");
      item.append(element("span", say(kind) + " ", kind === "holds" ? "govuk-visually-hidden" : "muted"), say(kind + "-" + key, ...values));
      list.append(item);
    }
    told.append(box, list);
    answer.replaceChildren(told);
  }

  chosen.addEventListener("click", () => { chosen.value = ""; }); // the same file may have been mended meanwhile
  chosen.addEventListener("change", async () => {
    let found = { code: 2, checks: [], where: "", what: [] };
    try {
      const given = await read(chosen.files);
      const audited = given.files && given.files["people.csv"];
      found = await npd1.check(given.receipt ? "mine" : audited ? "full" : "public", given.files, given.receipt);
    } catch (error) { Object.assign(found, { code: error.code || 2, where: error.where || "", what: error.what || ["error", String(error)] }); }
    show(found);
  });
})();
