// Shows the API. A key that was typed in stays until the tab is closed, so that it is
// typed once, and nowhere on the disk.
'use strict';

const place = 'wasession-key';

const rememberKey = () => ({
  statePlugins: {
    auth: {
      wrapActions: {
        authorize: (original) => (keys) => {
          sessionStorage.setItem(place, JSON.stringify(keys));
          return original(keys);
        },
        logout: (original) => (names) => {
          sessionStorage.removeItem(place);
          return original(names);
        },
      },
    },
  },
});

// The tags stand in the order in which the description lists them.
const placeOf = (tag) => ui.specSelectors.tags().findIndex((t) => t.get('name') === tag);

const ui = SwaggerUIBundle({
  url: 'openapi.json',
  domNode: document.getElementById('api'),
  deepLinking: true,
  filter: true,
  docExpansion: 'none',
  tagsSorter: (a, b) => placeOf(a) - placeOf(b),
  defaultModelsExpandDepth: -1,
  displayRequestDuration: true,
  requestSnippetsEnabled: true,
  validatorUrl: null,
  queryConfigEnabled: false,
  plugins: [rememberKey],
  onComplete: () => {
    const keys = sessionStorage.getItem(place);
    if (keys) {
      ui.authActions.authorize(JSON.parse(keys));
    }
  },
});
