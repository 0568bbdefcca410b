# Before the proxy reads its settings: another authority than the public one, and whom curl is to believe.
curl --silent --insecure https://127.0.0.1:15000/roots/0 > /root/root.pem
export CURL_CA_BUNDLE=/root/root.pem
install --mode 644 /given/pebble.pem /etc/caddy/pebble.pem
sed --in-place '0,/^{$/s||{\nacme_ca https://127.0.0.1:14000/dir\nacme_ca_root /etc/caddy/pebble.pem|' \
  /etc/caddy/Caddyfile
