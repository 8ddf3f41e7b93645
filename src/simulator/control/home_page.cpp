// GET /: the control page. It shows the world and turns it, by the same control calls as everybody's; its style and script
// are files of their own, so that its Content-Security-Policy allows nothing written into a page.
#include <base/html.hpp>
#include <simulator/calls/reply.hpp>
#include <simulator/control/control.hpp>

namespace everlong::simulator {
namespace {

constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

constexpr std::string_view kHead = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Everlong sandbox</title><link rel="stylesheet" href="/_sandbox/page.css">
<script src="/_sandbox/page.js" defer></script></head><body>
<header><h1>Everlong sandbox</h1><p>Meta's platform on this machine. Nothing here reaches the real one, and its secrets open
nothing else.</p></header>
<main>
<section id="time"><h2>Time</h2>
<p class="clock"><time id="now">)";

constexpr std::string_view kAfterClock = R"(</time></p>
<p class="row" id="jumps"></p></section>
<section id="apps"><h2>Apps</h2><table><tbody>
)";

constexpr std::string_view kTail = R"(</tbody></table>
<p class="note">Hosts are named by the Host header or first in the path: <code>/graph.facebook.com/v25.0/me</code></p>
<p class="row"><label>Token <select id="mint-login"><option value="facebook">Facebook login</option><option
value="instagram">Instagram login</option></select></label> <select id="mint-lifetime" aria-label="Lifetime"><option
value="long">long-lived</option><option value="short">short-lived</option></select> <button id="mint">Make one</button></p>
<p id="minted" hidden><input id="minted-token" readonly aria-label="The new token"></p></section>
<section id="world" class="wide"><h2>World</h2><p id="counts" class="note"></p>
<div class="scroll" tabindex="0" role="group" aria-label="Accounts"><table><thead><tr><th>Account</th><th>Kind</th><th>Person</th><th>Page</th><th>Condition</th></tr></thead>
<tbody id="accounts"></tbody></table></div></section>
<section id="events" class="wide"><h2>Make something happen</h2>
<p class="row"><label>To <select id="who"></select></label> <label>for <select id="login"><option value="">every app</option>
<option value="facebook">the Facebook app</option><option value="instagram">the Instagram app</option></select></label></p>
<p class="row" id="event-buttons"></p><p id="said" role="status" class="note"></p></section>
<section id="calls-section" class="wide"><h2>Last calls</h2><div class="scroll" tabindex="0" role="group"
aria-label="Last calls"><table><thead><tr><th>At</th><th>Call</th>
<th>Status</th><th>Error</th><th>Token</th><th>Fault</th></tr></thead><tbody id="calls"></tbody></table></div></section>
<section id="deliveries-section" class="wide"><h2>Sent to applications</h2><div class="scroll"
tabindex="0" role="group" aria-label="Sent to applications"><table><thead><tr><th>At</th>
<th>What</th><th>Where</th><th>State</th><th>Last answer</th></tr></thead><tbody id="deliveries"></tbody></table></div></section>
<section id="faults"><h2>Faults</h2><p class="row" id="fault-buttons"></p><ul id="fault-list"></ul></section>
<section id="switches"><h2>Switches</h2><p class="note">Where sources about Meta disagree, or are silent.</p>
<div id="switch-list"></div></section>
</main>
<footer><a href="/_sandbox/state">State</a> <a href="/_sandbox/ledger">Ledger</a> <a href="/_sandbox/world">World as a
file</a> <a href="/_sandbox/switches">Switches</a></footer></body></html>
)";

constexpr std::string_view kStyle =
    R"(:root{color-scheme:light dark;--ink:#1c2024;--soft:#5b6570;--paper:#fff;--back:#eef1f4;--line:#d3d9df;--accent:#0b5fc0;--bad:#b3261e;--good:#1b7a3d}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ec;--soft:#9aa5b0;--paper:#1d2125;--back:#14171a;--line:#394149;--accent:#79b4ff;--bad:#ff8a80;--good:#7bd99a}}
*{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
header,footer{padding:1rem 1.5rem}header h1{margin:0;font-size:1.4rem}header p{margin:.2rem 0 0;color:var(--soft)}
footer a{margin-right:1rem}a{color:var(--accent)}
main{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:1rem;padding:0 1.5rem;max-width:90rem}
section{background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:1rem 1.2rem;min-width:0}
.wide{grid-column:1/-1}h2{font-size:1.05rem;margin:0 0 .6rem}.note{color:var(--soft);margin:.3rem 0;font-size:.9rem}
.clock{font-size:1.6rem;font-variant-numeric:tabular-nums;margin:.2rem 0 .6rem}.row{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;margin:.4rem 0}
button,select,input{font:inherit;color:inherit;background:var(--paper);border:1px solid var(--line);border-radius:7px;padding:.3rem .7rem}
button{cursor:pointer}button:hover,button:focus-visible{border-color:var(--accent)}button.danger{border-color:var(--bad)}
select{max-width:100%}.row label{display:flex;flex-wrap:wrap;gap:.2rem .4rem;align-items:center;min-width:0;max-width:100%}input{width:100%;font-family:ui-monospace,monospace;font-size:.8rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .9rem .25rem 0;border-bottom:1px solid var(--line);vertical-align:top}
th{color:var(--soft);font-weight:600;font-size:.85rem}td{font-variant-numeric:tabular-nums}.scroll{max-height:19rem;overflow:auto}
thead th{position:sticky;top:0;background:var(--paper)}code{font-family:ui-monospace,monospace;font-size:.88em;overflow-wrap:anywhere}
.bad{color:var(--bad)}.good{color:var(--good)}ul{margin:.4rem 0;padding-left:1.2rem}
#switch-list{max-height:24rem;overflow:auto}#switch-list div{padding:.4rem 0;border-bottom:1px solid var(--line)}#switch-list p{margin:.1rem 0;color:var(--soft);font-size:.85rem}
#switch-list label{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.2rem 1rem;align-items:center}#switch-list .changed{color:var(--accent);font-weight:600}
@media (max-width:60rem){main{grid-template-columns:minmax(0,1fr)}}
@media (max-width:30rem){main,header,footer{padding-left:.75rem;padding-right:.75rem}th,td{padding-right:.6rem}
.scroll table{min-width:36rem}#switch-list label,#apps td{overflow-wrap:anywhere}}
)";

constexpr std::string_view kScript = R"JS('use strict';
const byId = (id) => document.getElementById(id);
const HOUR = 3600, DAY = 86400, SHOWN = 50;

function make(tag, text, className) {
  const element = document.createElement(tag);
  if (text !== undefined && text !== null) element.textContent = text;
  if (className) element.className = className;
  return element;
}

async function call(method, path, body) {
  const answer = await fetch('/_sandbox/' + path, body === undefined ? { method } : { method, body: JSON.stringify(body) });
  const document = await answer.json();
  if (!answer.ok) throw new Error(document.error);
  return document;
}

function say(text, isBad) {
  byId('said').textContent = text;
  byId('said').className = isBad ? 'note bad' : 'note';
}

// Runs what a button asks for, tells how it went, and looks at the world again.
const act = (what, run) => async () => {
  try {
    await run();
    say(what + ': done');
  } catch (error) {
    say(what + ': ' + error.message, true);
  }
  await refresh();
};

function button(text, run, className) {
  const element = make('button', text, className);
  element.addEventListener('click', act(text, run));
  return element;
}

function row(cells) {
  const line = make('tr');
  for (const cell of cells) {
    const place = make('td');
    if (cell instanceof Node) place.append(cell); else place.textContent = cell ?? '';
    line.append(place);
  }
  return line;
}

const time = (text) => text.replace('T', ' ').replace(/\.\d+/, '').replace('Z', '');

const JUMPS = [['+1 hour', HOUR], ['+1 day', DAY], ['+7 days', 7 * DAY], ['+30 days', 30 * DAY], ['+60 days', 60 * DAY], ['+90 days', 90 * DAY]];
for (const [text, seconds] of JUMPS) byId('jumps').append(button(text, () => call('POST', 'clock', { advance_s: seconds })));
byId('jumps').append(button('Start again', () => call('POST', 'reset', {}), 'danger'));

const EVENTS = [
  ['Change password', { type: 'password-changed' }], ['Log out', { type: 'logged-out' }],
  ['Remove the app', { type: 'app-removed' }], ['Ask for data deletion', { type: 'data-deletion' }],
  ['Checkpoint', { type: 'checkpoint' }], ['Blocking checkpoint', { type: 'checkpoint', blocking: true }],
  ['Checkpoint over', { type: 'checkpoint', undo: true }], ['Unconfirmed', { type: 'unconfirmed' }],
  ['Confirmed', { type: 'unconfirmed', undo: true }], ['Inactive for 90 days', { type: 'inactive' }],
  ['Active again', { type: 'inactive', undo: true }], ['Take publishing permission back', { type: 'permission-revoked' }],
  ['Unlink the Page', { type: 'page-unlinked' }], ['Lose the role on the Page', { type: 'role-lost' }],
  ['Account becomes personal', { type: 'account-converted', account_type: 'PERSONAL' }],
  ['Account becomes business', { type: 'account-converted', account_type: 'BUSINESS' }],
  ['New app secret', { type: 'app-secret-rotated' }],
];
for (const [text, event] of EVENTS) {
  byId('event-buttons').append(button(text, () => {
    const login = byId('login').value;
    return call('POST', 'event', { ...event, user_id: byId('who').value, ...(login ? { login } : {}) });
  }));
}
byId('event-buttons').append(button('Send a comment webhook', () => {
  const account = byId('who').selectedOptions[0]?.dataset.account;
  return call('POST', 'webhook', { object: 'instagram', field: 'comments', value: { id: '1', text: 'Lovely!' }, ...(account ? { account } : {}) });
}));

const FAULTS = [
  ['Next call: 500', { kind: 'status', status: 500 }], ['Next call: no answer, nothing done', { kind: 'drop-before' }],
  ['Next call: no answer, but done', { kind: 'drop-after' }], ['Next call: gateway page', { kind: 'html' }],
  ['Next call: cut short', { kind: 'truncate' }], ['Next call: garbage', { kind: 'garbage' }],
  ['Next call: rate limit', { kind: 'rate-limit' }], ['Next call: 10 s late', { kind: 'delay', ms: 10000 }],
];
for (const [text, fault] of FAULTS)
  byId('fault-buttons').append(button(text, () => call('POST', 'faults', [{ match: {}, times: 1, fault }])));
byId('fault-buttons').append(button('Hostile', () => call('POST', 'hostile', { seed: 1 }), 'danger'));
byId('fault-buttons').append(button('No faults', async () => { await call('POST', 'hostile', { seed: null }); await call('POST', 'faults', []); }));

byId('mint').addEventListener('click', act('Make a token', async () => {
  const selected = byId('who').selectedOptions[0]?.dataset.account;
  const token = await call('POST', 'token', { login: byId('mint-login').value, lifetime: byId('mint-lifetime').value, ...(selected ? { account: selected } : {}) });
  byId('minted').hidden = false;
  byId('minted-token').value = token.access_token;
  byId('minted-token').select();
}));

function showWorld(state) {
  const people = new Map(state.people.map((person) => [person.user_id, person]));
  const pages = new Map(state.pages.map((page) => [page.page_id, page]));
  const counts = state.counts;
  byId('counts').textContent = `${counts.accounts} accounts, ${counts.people} people, ${counts.pages} Pages, ${counts.tokens} tokens`
    + (counts.accounts > SHOWN ? `; the first ${SHOWN} accounts are shown` : '');
  byId('accounts').replaceChildren(...state.accounts.map((account) => {
    const person = people.get(account.user_id);
    const conditions = [];
    if (person?.checkpoint) conditions.push(`checkpoint ${person.checkpoint}`);
    if (person?.is_unconfirmed) conditions.push('unconfirmed');
    if (person?.is_inactive) conditions.push('inactive');
    const condition = make('span', conditions.join(', ') || 'good', conditions.length ? 'bad' : 'good');
    const feed = make('a');
    feed.href = '/_sandbox/instagram/' + encodeURIComponent(account.username);
    feed.append(make('code', '@' + account.username));
    return row([feed, account.account_type.toLowerCase().replace('_', ' '), person?.name,
      account.page_id ? pages.get(account.page_id)?.name ?? account.page_id : 'none', condition]);
  }));
  const chosen = byId('who').value;
  const names = new Map(state.accounts.map((account) => [account.user_id, account.username]).reverse());
  byId('who').replaceChildren(...state.people.map((person) => {
    const option = make('option', names.has(person.user_id) ? `${person.name} (@${names.get(person.user_id)})` : person.name);
    option.value = person.user_id;
    if (names.has(person.user_id)) option.dataset.account = names.get(person.user_id);
    return option;
  }));
  if (chosen) byId('who').value = chosen;
}

let lastCall = 0;
function showLedger(ledger) {
  for (const made of ledger.calls) {
    if (made.number <= lastCall) continue;
    lastCall = made.number;
    const status = make('span', made.status ?? 'no answer', made.status === 200 || made.status === 302 ? 'good' : 'bad');
    const error = made.error_code ? made.error_code + (made.error_subcode ? '/' + made.error_subcode : '') : '';
    const token = made.token_fingerprint ? made.token_fingerprint.slice(7, 15) + (made.token_alive ? '' : ' (dead)') : '';
    byId('calls').prepend(row([time(made.at), make('code', `${made.method} ${made.host}${made.path}`), status, error, token, made.fault]));
    while (byId('calls').rows.length > 100) byId('calls').lastChild.remove();
  }
  byId('deliveries').replaceChildren(...ledger.deliveries.slice(-SHOWN).reverse().map((delivery) => {
    const last = delivery.attempts.at(-1);
    return row([time(delivery.created_at), delivery.kind, make('code', delivery.address),
      make('span', delivery.state, delivery.state === 'delivered' ? 'good' : 'bad'), last ? last.problem ?? String(last.status) : '']);
  }));
}

function showFaults({ faults, hostile }) {
  const lines = faults.filter((fault) => fault.times_left !== 0).map((fault) =>
    make('li', `${fault.kind} on ${JSON.stringify(fault.match)}, ${fault.times_left === null ? 'until ended' : fault.times_left + ' more'}`));
  if (hostile !== null) lines.push(make('li', `hostile mix, seed ${hostile}`, 'bad'));
  byId('fault-list').replaceChildren(...(lines.length ? lines : [make('li', 'none')]));
}

function showSwitches({ switches }) {
  if (byId('switch-list').contains(document.activeElement)) return;
  byId('switch-list').replaceChildren(...switches.map((each) => {
    const choice = make('select');
    for (const value of each.values) {
      const option = make('option', value);
      option.value = value;
      choice.append(option);
    }
    choice.value = each.value;
    choice.addEventListener('change', act(each.name, () => call('POST', 'switches', { [each.name]: choice.value })));
    const label = make('label');
    label.append(make('span', each.name, each.value === each.default ? '' : 'changed'), choice);
    const block = make('div');
    block.append(label, make('p', each.about));
    return block;
  }));
}

async function refresh() {
  const [state, ledger, faults, switches] = await Promise.all([
    call('GET', `state?limit=${SHOWN}`), call('GET', `ledger?after=${lastCall}`), call('GET', 'faults'), call('GET', 'switches')]);
  byId('now').textContent = time(state.now) + ' UTC';
  showWorld(state);
  showLedger(ledger);
  showFaults(faults);
  showSwitches(switches);
}

async function keepFresh() {
  if (!document.hidden) await refresh().catch((error) => say('The simulator does not answer: ' + error.message, true));
  setTimeout(keepFresh, 2000);
}
keepFresh();
)JS";

http::Response to_asset(std::string_view type, std::string_view content, Instant now) {
    http::Response response;
    response.headers.add("Content-Type", std::string(type));
    response.headers.add("Date", to_http_date(now));
    response.headers.add("Cache-Control", "no-cache");
    response.headers.add("X-Content-Type-Options", "nosniff");
    response.body = content;
    return response;
}

std::string row(std::string_view name, std::string_view value) {
    return "<tr><th>" + escape_html(name) + "</th><td><code>" + escape_html(value) + "</code></td></tr>\n";
}

std::string home_page(Sandbox& sandbox) {
    std::string page(kHead);
    page += to_rfc3339(sandbox.now());
    page += kAfterClock;
    for (const App& app : sandbox.world->apps()) {
        page += row(app.login == Login::kFacebook ? "Facebook login, app id" : "Instagram login, app id", app.id);
        page += row("its secret", app.secret);
    }
    page += kTail;
    return page;
}

} // namespace

std::optional<http::Response> find_page(Sandbox& sandbox, const http::Request& request) {
    if (request.method != "GET" && !request.is_head_only()) return std::nullopt;
    const std::string_view path = request.raw_path();
    if (path == "/_sandbox/page.css") return to_asset("text/css; charset=utf-8", kStyle, sandbox.now());
    if (path == "/_sandbox/page.js") return to_asset("text/javascript; charset=utf-8", kScript, sandbox.now());
    if (path != "/") return std::nullopt;
    http::Response response = to_html_response(200, home_page(sandbox), sandbox.now());
    response.headers.add("Content-Security-Policy", std::string(kPolicy));
    response.headers.add("Referrer-Policy", "no-referrer");
    response.headers.add("X-Content-Type-Options", "nosniff");
    response.headers.add("X-Frame-Options", "DENY");
    return response;
}

} // namespace everlong::simulator
