const fonts = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";
const code = "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace";

Redoc.init(
  "openapi.json",
  {
    disableSearch: true, // its worker would need a wider Content-Security-Policy
    expandResponses: "200,202",
    hideSchemaPattern: true,
    jsonSampleExpandLevel: 3,
    nativeScrollbars: true,
    theme: {
      typography: { fontFamily: fonts, headings: { fontFamily: fonts }, code: { fontFamily: code } },
    },
  },
  document.getElementById("reference"),
);
