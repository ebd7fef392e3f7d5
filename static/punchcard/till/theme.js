// Set before the page is drawn, so that a dark till does not flash white.
"use strict";
{
  const kept = localStorage.getItem("till-theme");
  if (kept) document.documentElement.dataset.theme = kept;
}
