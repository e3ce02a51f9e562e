#!/bin/sh
# Fetch the vendored look again: govuk-frontend (compiled from govuk.scss) and the Government of Canada design tokens.
# Needs npm; only for an upgrade. What it writes (govuk.css, gcds-tokens.css) is committed, and build.py needs neither.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-save --prefix "$work" govuk-frontend@6.6.0 @gcds-core/tokens@1.5.0 sass@1
npx --prefix "$work" sass --style=compressed --no-source-map --load-path=node_modules/govuk-frontend/dist \
  "$here/govuk.scss" "$here/govuk.css"
cp node_modules/@gcds-core/tokens/build/web/css/tokens.css "$here/gcds-tokens.css"
