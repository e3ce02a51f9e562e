/* Uploads that survive a cut line, on top of the plain form of components/upload_slot.html. Each part is kept by the
   server (tus 1.0), so after a cut, a reload or a restart a file goes on from where it was. Without this script, or
   without [data-resumable], the form posts as any other. */
(function () {
  "use strict";
  const PART = 1024 * 1024;
  const WAITS = [1, 2, 4, 8, 15, 30];
  const TRIES = 40;
  const VERSION = { "Tus-Resumable": "1.0.0" };

  /* French sets a no-break space before a colon. */
  const COLON = document.documentElement.lang.startsWith("fr") ? "\u00a0: " : ": ";
  const PERCENT = document.documentElement.lang.startsWith("fr") ? "\u00a0%" : "%";

  class Refused extends Error {}

  const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
  const csrf = (form) => form.querySelector("[name=csrfmiddlewaretoken]").value;

  function call(form, method, url, headers, body) {
    return fetch(url, { method, body, credentials: "same-origin", headers: { ...VERSION, "X-CSRFToken": csrf(form), ...headers } });
  }

  /* Wait, longer each time, or until the browser says that it is online again. */
  function pause(tries) {
    return new Promise((resolve) => {
      const timer = setTimeout(done, 1000 * WAITS[Math.min(tries, WAITS.length - 1)]);
      function done() {
        clearTimeout(timer);
        removeEventListener("online", done);
        resolve();
      }
      addEventListener("online", done);
    });
  }

  async function refusal(answer, words) {
    const plain = (answer.headers.get("Content-Type") || "").startsWith("text/plain");
    return new Refused((plain && (await answer.text())) || words.failed);
  }

  /* Remembered on this device only, so that choosing the same file again after a reload goes on. */
  const memory = {
    key: (section, file) => ["upload", location.pathname, section.id, file.name, file.size, file.lastModified].join("|"),
    get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
    set: (key, url) => { try { localStorage.setItem(key, url); } catch { /* private window */ } },
    drop: (key) => { try { localStorage.removeItem(key); } catch { /* private window */ } },
  };

  async function announce(form, section, file, words) {
    const told = "filename " + base64(file.name) + ",token " + base64(section.dataset.token || "");
    const answer = await call(form, "POST", section.dataset.resumable, { "Upload-Length": String(file.size), "Upload-Metadata": told });
    if (answer.status === 201) return answer.headers.get("Location");
    if (answer.status >= 500) throw new Error(String(answer.status));
    throw await refusal(answer, words);
  }

  /* How far the server has got; null when it no longer knows the file. A refusal has no text in answer to HEAD. */
  async function progress(form, url, file) {
    const answer = await call(form, "HEAD", url, {});
    if (answer.status === 200) return Number(answer.headers.get("Upload-Offset"));
    if ([404, 410].includes(answer.status)) return null;
    if (answer.status === 422) return file.size;
    throw new Error(String(answer.status));
  }

  async function sendPart(form, url, file, offset, words) {
    const body = file.slice(offset, Math.min(offset + PART, file.size));
    const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) };
    const answer = await call(form, "PATCH", url, headers, body);
    if (answer.ok) return Number(answer.headers.get("Upload-Offset"));
    if ([409, 423].includes(answer.status) || answer.status >= 500) throw new Error(String(answer.status));
    throw await refusal(answer, words);
  }

  async function send(form, section, file, words, tell) {
    const key = memory.key(section, file);
    let url = memory.get(key), offset = null, tries = 0, sent = false;
    while (!sent) {
      try {
        if (offset === null && url) offset = await progress(form, url, file);
        if (offset === null) {
          url = await announce(form, section, file, words);
          memory.set(key, url);
          offset = 0;
        }
        tell(words.sending + " " + file.name + COLON + Math.floor((100 * offset) / file.size) + PERCENT);
        /* Also when all is there: the answer says what became of the file. */
        offset = await sendPart(form, url, file, offset, words);
        sent = offset >= file.size;
        tries = 0;
      } catch (fault) {
        if (fault instanceof Refused || ++tries > TRIES) {
          memory.drop(key);
          throw fault instanceof Refused ? fault : new Refused(words.failed);
        }
        tell(words.resume);
        await pause(tries - 1);
        offset = null;
      }
    }
    memory.drop(key);
  }

  /* Put the list as the server now shows it in place of the old one; what is being said here stays. */
  async function refresh(section) {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(section.id);
    if (!fresh) return;
    const form = section.querySelector("form[enctype]");
    Array.from(section.children).forEach((child) => { if (child !== form) child.remove(); });
    Array.from(fresh.children).forEach((child) => { if (!child.matches("form[enctype]")) section.insertBefore(child, form); });
  }

  function line(place, text, wrong) {
    const entry = document.createElement("p");
    entry.className = wrong ? "govuk-error-message" : "";
    entry.textContent = text;
    place.append(entry);
    return entry;
  }

  async function submit(event, section) {
    const form = event.target;
    const input = form.querySelector("input[type=file]");
    if (!input || !input.files.length) return;
    event.preventDefault();
    event.stopPropagation();
    const words = { sending: section.dataset.wordsSending, resume: section.dataset.wordsResume, done: section.dataset.wordsDone, failed: section.dataset.wordsFailed };
    const place = form.querySelector(".slot__progress");
    const button = form.querySelector("button");
    const files = Array.from(input.files);
    place.textContent = "";
    button.disabled = true;
    for (const file of files) {
      const entry = line(place, words.sending + " " + file.name, false);
      try {
        await send(form, section, file, words, (text) => { entry.textContent = text; });
        entry.textContent = words.done + COLON + file.name;
      } catch (fault) {
        entry.className = "govuk-error-message";
        entry.textContent = file.name + COLON + (fault instanceof Refused ? fault.message : words.failed);
      }
    }
    input.value = "";
    button.disabled = false;
    await refresh(section);
  }

  document.addEventListener("submit", (event) => {
    const section = event.target.closest("[data-upload-slot][data-resumable]");
    if (section && event.target.matches("form[enctype]")) submit(event, section);
  }, true);
})();
