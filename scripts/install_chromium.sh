#!/bin/sh
# The browser of the tests: Chromium from the system's packages, installed when absent.
for name in "${PASSERELLE_CHROMIUM:-}" chromium chromium-browser google-chrome; do
    [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 && exit 0
done
advice="The browser journeys need Chromium. Install it (Debian: apt-get install chromium), or set PASSERELLE_CHROMIUM to the path of one."
command -v apt-get >/dev/null 2>&1 || { echo "$advice" >&2; exit 1; }
root=""
if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || { echo "$advice (No right to install packages here.)" >&2; exit 1; }
    root="sudo -n"
fi
echo "Installing Chromium for the browser journeys ..."
export DEBIAN_FRONTEND=noninteractive
$root apt-get -q update >/dev/null && $root apt-get -q install -y --no-install-recommends chromium >/dev/null || {
    echo "apt-get could not install Chromium. $advice" >&2
    exit 1
}
