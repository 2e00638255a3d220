// Starts Azurite, and ends it when whoever started it is gone: its standard input closes then.
const limit = 5000; // ms for a stop in good order

process.stdin.on("end", () => {
    process.kill(process.pid, "SIGTERM");
    setTimeout(() => process.exit(1), limit).unref();
});
process.stdin.resume();
process.stdin.unref?.();
require("azurite/dist/src/azurite.js");
