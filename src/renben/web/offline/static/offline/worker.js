"use strict";
// Answers while there is no network: the page of drafts and what it is made of, and for any other page that there is none.
// KEPT (version, addresses, away) is written above by the service. Nothing else is ever kept: no page of a person, no answer
// of a form. Kept pages were asked for without cookies, so that they are nobody's.
const NAME = `renben-drafts-${self.KEPT.version}`;
const ADDRESSES = new Set(self.KEPT.addresses);

self.addEventListener("install", (event) => {
  const fetched = self.KEPT.addresses.map((one) => new Request(one, { cache: "reload", credentials: "omit" }));
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(fetched)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("renben-drafts-") && name !== NAME;
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

const keptOne = async (address) => (await caches.open(NAME)).match(address);

const nowhere = async () => {
  const page = await keptOne(self.KEPT.away);
  if (!page) return Response.error();
  return new Response(await page.blob(), { status: 503, headers: page.headers });
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  const address = url.pathname + (request.mode === "navigate" ? "" : url.search);
  if (ADDRESSES.has(address)) {
    event.respondWith(keptOne(address).then((found) => found ?? fetch(request)));
  } else if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(nowhere));
  }
});
