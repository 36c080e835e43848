import { home } from "/portal/home.js";
import { single } from "/portal/single.js";
import { byId } from "/portal/dom.js";

const page = location.pathname.match(/^\/workspace\/([^/]+)$/);
if (page) single(byId("main"), decodeURIComponent(page[1]), new URLSearchParams(location.search).get("port"));
else home(byId("main"));
