#!/bin/sh
# The browser of the tests: Chromium's headless shell from the system's packages, installed when absent. A Chromium with a
# window does as well, and takes four times the processor for each visitor: it is what is used where there is no shell.
have() { command -v "$1" >/dev/null 2>&1; }
have "${PASSERELLE_CHROMIUM:-chromium-headless-shell}" && exit 0
windowed=""
for name in chromium chromium-browser google-chrome; do
    have "$name" && windowed=yes
done
advice="The browser journeys need Chromium. Install it (Debian: apt-get install chromium-headless-shell), or set PASSERELLE_CHROMIUM to the path of one."
give_up() {
    [ -n "$windowed" ] && exit 0
    echo "$1" >&2
    exit 1
}
have apt-get || give_up "$advice"
root=""
if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || give_up "$advice (No right to install packages here.)"
    root="sudo -n"
fi
echo "Installing Chromium's headless shell for the browser journeys ..."
export DEBIAN_FRONTEND=noninteractive
install() { $root apt-get -q install -y --no-install-recommends "$1" >/dev/null 2>&1; }
$root apt-get -q -o Acquire::Retries=0 -o Acquire::http::Timeout=20 update >/dev/null 2>&1
install chromium-headless-shell || { [ -z "$windowed" ] && install chromium; } || give_up "apt-get could not install Chromium. $advice"
