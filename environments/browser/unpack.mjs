// Unpacks the Chromium of the npm package, with the libraries and the font that it brings, into the folder TMPDIR.
// The package unpacks its libraries where it believes to be in Lambda only.
process.env.AWS_EXECUTION_ENV = "AWS_Lambda_nodejs22.x";
const { default: chromium } = await import("@sparticuz/chromium");
console.log(await chromium.executablePath());
