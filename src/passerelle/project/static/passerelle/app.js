/* Small comforts on top of pages that work without it. Every behaviour is asked for by a data attribute. */
(function () {
  "use strict";
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));

  /* [data-focus]: an error summary or a new heading takes the focus, on load and after a swap. */
  function focusFirst(root) {
    const target = root.matches && root.matches("[data-focus]") ? root : root.querySelector("[data-focus]");
    if (!target) return;
    if (!target.hasAttribute("tabindex") && target.tabIndex < 0) target.setAttribute("tabindex", "-1");
    target.focus();
  }

  /* [data-shown-when='{"name": ["yes"]}']: a question shown only while another is answered so. */
  function valuesOf(form, name) {
    return new FormData(form).getAll(name).map(String);
  }
  function refreshConditions(form) {
    all("[data-shown-when]", form).forEach((group) => {
      const wanted = JSON.parse(group.dataset.shownWhen);
      group.hidden = !Object.keys(wanted).every((name) => valuesOf(form, name).some((v) => wanted[name].includes(v)));
    });
  }

  /* form[data-autosave]: posted on every change with autosave=1; the answer's text is put in [data-saved]. */
  const waiting = new WeakMap();
  function autosave(form) {
    clearTimeout(waiting.get(form));
    waiting.set(form, setTimeout(() => {
      const body = new FormData(form);
      body.append("autosave", "1");
      const place = form.querySelector("[data-saved]");
      fetch(form.dataset.autosave || form.action || location.href, { method: "POST", body, headers: { "X-Requested-With": "autosave" }, credentials: "same-origin" })
        .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
        .then((text) => { document.dispatchEvent(new Event("autosaved")); if (place && text.length < 200) place.textContent = text; })
        .catch(() => { if (place) place.textContent = place.dataset.failed || ""; });
    }, 700));
  }

  /* [data-keep-answers]: switching language keeps what was typed and not yet saved. */
  const neutral = (path) => path.replace(/^\/(en|fr)\//, "/");
  function keepable(field) {
    return field.name && !["password", "hidden", "file", "submit"].includes(field.type);
  }
  function keepAnswers() {
    const kept = {};
    all("main form").forEach((form, index) => all("input, select, textarea", form).filter(keepable).forEach((field) => {
      const key = index + "|" + field.name + (["radio", "checkbox"].includes(field.type) ? "|" + field.value : "");
      kept[key] = ["radio", "checkbox"].includes(field.type) ? field.checked : field.value;
    }));
    sessionStorage.setItem("kept", JSON.stringify({ page: neutral(location.pathname), kept }));
  }
  function restoreAnswers() {
    const saved = sessionStorage.getItem("kept");
    sessionStorage.removeItem("kept");
    if (!saved) return;
    const { page, kept } = JSON.parse(saved);
    if (page !== neutral(location.pathname)) return;
    all("main form").forEach((form, index) => all("input, select, textarea", form).filter(keepable).forEach((field) => {
      const choice = ["radio", "checkbox"].includes(field.type);
      const key = index + "|" + field.name + (choice ? "|" + field.value : "");
      if (!(key in kept)) return;
      if (choice) field.checked = kept[key]; else field.value = kept[key];
    }));
    all("main form").forEach((form) => form.dispatchEvent(new Event("change", { bubbles: true })));
  }

  /* table.rows on staff pages: j and k walk the rows, Enter opens the row's first link. */
  function walkRows(event) {
    if (event.target.closest("input, select, textarea, [contenteditable]") || event.metaKey || event.ctrlKey || event.altKey) return;
    const rows = all(".rows tbody tr");
    if (!rows.length) return;
    const now = rows.findIndex((row) => row.classList.contains("is-current"));
    if (event.key === "j" || event.key === "k") {
      const next = Math.max(0, Math.min(rows.length - 1, now + (event.key === "j" ? 1 : -1)));
      rows.forEach((row, index) => row.classList.toggle("is-current", index === next));
      const link = rows[next].querySelector("a");
      if (link) link.focus();
      rows[next].scrollIntoView({ block: "nearest" });
      event.preventDefault();
    } else if (event.key === "Enter" && now >= 0 && !event.target.closest("a, button, summary")) {
      const link = rows[now].querySelector("a");
      if (link) link.click();
    }
  }

  /* button[data-once]: a second press of a slow page's button does nothing. */
  function once(event) {
    const form = event.target;
    if (!form.querySelector("[data-once]")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 8000);
  }

  /* [data-password]: a button that shows what was typed. */
  function addShowButton(box) {
    const input = box.querySelector("input");
    if (!input || box.querySelector("button")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "govuk-button govuk-button--secondary govuk-button--small";
    button.setAttribute("aria-controls", input.id);
    button.textContent = box.dataset.show;
    button.addEventListener("click", () => {
      const hidden = input.type === "password";
      input.type = hidden ? "text" : "password";
      button.textContent = hidden ? box.dataset.hide : box.dataset.show;
    });
    box.append(button);
  }

  /* input[data-typeahead=url]: choices from a JSON list of {text, value}; without scripts one types a code or words. */
  function typeahead(input) {
    if (input.dataset.ready) return;
    input.dataset.ready = "1";
    const box = document.createElement("div");
    box.className = "typeahead";
    input.before(box);
    box.append(input);
    const list = document.createElement("ul");
    list.className = "typeahead__list";
    list.id = input.id + "-choices";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.dataset.typeaheadLabel || (input.labels[0] && input.labels[0].textContent.trim()) || input.name);
    list.hidden = true;
    box.append(list);
    Object.entries({ role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })
      .forEach(([name, value]) => input.setAttribute(name, value));
    let timer, at = -1;
    const close = () => { list.hidden = true; at = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
    const choose = (option) => { input.value = option.dataset.text; close(); input.dispatchEvent(new Event("change", { bubbles: true })); };
    const show = (choices) => {
      list.replaceChildren(...choices.slice(0, 12).map((choice, index) => {
        const option = document.createElement("li");
        option.id = list.id + "-" + index;
        option.setAttribute("role", "option");
        option.dataset.text = choice.text || [choice.code, choice.title].filter(Boolean).join(" ");
        option.textContent = option.dataset.text;
        option.addEventListener("mousedown", (event) => { event.preventDefault(); choose(option); });
        return option;
      }));
      at = -1;
      list.hidden = !choices.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
    };
    const mark = (index) => {
      const options = all("li", list);
      at = (index + options.length) % options.length;
      options.forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
      input.setAttribute("aria-activedescendant", options[at].id);
      options[at].scrollIntoView({ block: "nearest" });
    };
    input.addEventListener("input", () => {
      clearTimeout(timer);
      if (input.value.trim().length < 2) { close(); return; }
      timer = setTimeout(() => {
        const url = new URL(input.dataset.typeahead, location.href);
        url.searchParams.set("q", input.value.trim());
        fetch(url, { credentials: "same-origin", headers: { Accept: "application/json" } })
          .then((answer) => (answer.ok ? answer.json() : []))
          .then((found) => { if (document.activeElement === input) show(Array.isArray(found) ? found : found.results || []); })
          .catch(close);
      }, 200);
    });
    input.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") { mark(event.key === "ArrowDown" ? at + 1 : at < 0 ? -1 : at - 1); event.preventDefault(); }
      else if (event.key === "Enter" && at >= 0) { choose(list.children[at]); event.preventDefault(); }
      else if (event.key === "Escape") close();
    });
    input.addEventListener("blur", close);
  }

  /* [data-tabs]: a list of links to the sections after it becomes tabs on a wide screen; arrows walk them. */
  function tabs(box) {
    if (box.classList.contains("is-on") || !window.matchMedia("(min-width: 40em)").matches) return;
    const links = all(".tabs__list a", box);
    const panel = (link) => document.getElementById(link.hash.slice(1));
    const select = (link) => links.forEach((one) => {
      one.setAttribute("aria-selected", String(one === link));
      one.tabIndex = one === link ? 0 : -1;
      panel(one).hidden = one !== link;
    });
    const holding = (id) => links.find((link) => { const target = document.getElementById(id); return target && panel(link).contains(target); });
    const follow = () => {
      const id = location.hash.slice(1);
      const link = id && holding(id);
      if (!link) return;
      select(link);
      if (panel(link).id !== id) document.getElementById(id).scrollIntoView();
    };
    box.classList.add("is-on");
    box.querySelector(".tabs__list").setAttribute("role", "tablist");
    links.forEach((link) => {
      link.parentElement.setAttribute("role", "presentation");
      link.setAttribute("role", "tab");
      link.id = link.id || "tab-" + link.hash.slice(1);
      link.setAttribute("aria-controls", link.hash.slice(1));
      panel(link).setAttribute("role", "tabpanel");
      link.addEventListener("click", (event) => { event.preventDefault(); history.replaceState(null, "", link.hash); select(link); });
      link.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        const next = links[(links.indexOf(link) + step + links.length) % links.length];
        select(next);
        next.focus();
        event.preventDefault();
      });
    });
    const wrong = links.find((link) => panel(link).querySelector(".govuk-form-group--error"));
    select(wrong || links[0]);
    if (!wrong) follow();
    window.addEventListener("hashchange", follow);
  }

  /* .session-warning[data-idle]: two minutes before the session ends, offer to go on. Any request starts the clock anew. */
  function watchSession(box) {
    const seconds = Number(box.dataset.idle);
    if (!seconds) return;
    let timer, last = document.activeElement;
    const start = () => { clearTimeout(timer); box.hidden = true; timer = setTimeout(warn, Math.max(seconds - 120, 30) * 1000); };
    const warn = () => { last = document.activeElement; box.hidden = false; box.querySelector("button").focus(); };
    box.querySelector("button").addEventListener("click", () => {
      fetch(box.dataset.stay, { credentials: "same-origin" }).then(() => { start(); if (last) last.focus(); });
    });
    document.addEventListener("htmx:afterRequest", start);
    document.addEventListener("autosaved", start);
    start();
  }

  function prepare(root) {
    all("form", root).forEach(refreshConditions);
    if (root.closest && root.closest("form")) refreshConditions(root.closest("form"));
    all("[data-password]", root).forEach(addShowButton);
    all("[data-typeahead]", root).forEach(typeahead);
    all("[data-idle]", root).forEach(watchSession);
    all("[data-tabs]", root).forEach(tabs);
    focusFirst(root);
  }

  document.addEventListener("change", (event) => {
    const form = event.target.form || (event.target.tagName === "FORM" ? event.target : null);
    if (!form) return;
    refreshConditions(form);
    if (form.dataset.autosave !== undefined) autosave(form);
  });
  document.addEventListener("submit", once);
  document.addEventListener("keydown", (event) => { if (document.body.hasAttribute("data-staff")) walkRows(event); });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-keep-answers]")) keepAnswers(); });
  document.addEventListener("htmx:load", (event) => { if (event.target !== document.body) prepare(event.target); });
  document.addEventListener("DOMContentLoaded", () => { restoreAnswers(); prepare(document.body); });
})();
