"use strict";
// Takes the point of a report from the device, if its owner agrees. Without this script the two numbers can be typed or left out.
(() => {
  const box = document.querySelector("[data-locate]");
  const lat = document.getElementById("id_lat"), lon = document.getElementById("id_lon");
  if (!box || !lat || !lon || !("geolocation" in navigator)) return;
  const said = box.querySelector("[role=status]");
  box.hidden = false;
  box.querySelector("button").addEventListener("click", () => {
    said.textContent = said.dataset.asking;
    navigator.geolocation.getCurrentPosition(
      (found) => {
        lat.value = found.coords.latitude.toFixed(5);
        lon.value = found.coords.longitude.toFixed(5);
        said.textContent = said.dataset.done;
      },
      () => { said.textContent = said.dataset.failed; },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
})();
