// What a browser with scripts adds to pages that work without: questions before what cannot be undone, and runs that are followed.

document.addEventListener("submit", event => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

// Reads the page again and puts the part with the same id in its place, until that part no longer asks for it.
const follow = async part => {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.getElementById(part.id);
  if (!response.ok || !fresh) return;
  if (!fresh.dataset.live) {
    location.replace(location.href);
    return;
  }
  part.replaceWith(fresh);
  setTimeout(follow, 1000, fresh);
};

for (const part of document.querySelectorAll("[data-live]")) setTimeout(follow, 1000, part);
