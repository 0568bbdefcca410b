# What is asked of the service that was set up on a machine with systemd; ends with an error where it is not as it should.
site=https://$SITE
answers() {
  expected=$1
  shift
  got=$(curl --silent --show-error --output /dev/null --write-out '%{http_code} after %{time_total} s' "$@")
  echo "$got: ${*: -1}"
  [ "${got%% *}" = "$expected" ]
}
answers 200 "$site/places"
answers 503 --data-urlencode 'query=SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }' "$site/sparql?timeout=3"

whatworks publisher add swale --base https://data.swale.example --name 'Swale Borough Council' --kind district-council
printf 'Asset ref,Property name,Post code,Tenure\n1,Swale House,ME10 3HT,Freehold\n' > register.csv
bearer="Authorization: Bearer $(whatworks token create swale --name estates --scope publish | tail -1)"
told() { python3 -c "import json, sys; said = json.load(sys.stdin); print($1)"; }
sent=$(curl --silent --show-error --header "$bearer" --form file=@register.csv --form protocol=dp-01 \
  --form licence=OGL "$site/api/datasets/swale/buildings/submissions" | told 'said["links"]["self"]')
reach() {
  for second in $(seq 120); do
    state=$(curl --silent --show-error --header "$bearer" "$sent" | told 'said["state"]')
    [ "$state" != "$1" ] || return 0
    sleep 1
  done
  echo "the submission is not $1 but $state"
  return 1
}
reach checked
answers 202 --request POST --header "$bearer" "$sent/publish"
reach published
answers 200 "$site/datasets/swale/buildings"

systemctl kill --signal KILL whatworks.service
sleep 7
curl --fail --silent --show-error --retry 60 --retry-delay 1 --retry-all-errors "$site/readyz"
[ "$(systemctl show --property NRestarts --value whatworks.service)" = 1 ]
systemctl is-active whatworks-backup.timer
[ "$(systemctl is-failed whatworks.service whatworks-backup.service)" = $'active\ninactive' ]
systemd-analyze security --no-pager whatworks.service whatworks-backup.service | tail -2
[ -z "$(journalctl --no-pager --quiet --priority err --unit whatworks.service --unit whatworks-backup.service)" ]
