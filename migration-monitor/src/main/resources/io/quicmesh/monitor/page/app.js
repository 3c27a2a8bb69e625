// Puts the page together: what is drawn when the state changed.
import { connect, isRelay, onChange, changed, state } from './live.js';
import { byId, text } from './dom.js';
import { drawMesh } from './mesh.js';
import { drawCharts, drawMarkList } from './charts.js';
import { drawClients, drawFigures, drawPeers, drawQuotas, drawRelays } from './tables.js';
import { drawTimeline } from './timeline.js';
import { drawActivity, drawHandovers } from './handovers.js';
import { drawChoices } from './attempts.js';

const LINK = { connecting: 'connecting', live: 'live', lost: 'connection lost, trying again' };

function draw() {
  byId('live').dataset.state = state.link;
  text(byId('live'), LINK[state.link]);
  const status = state.parts.status;
  if (!status || !state.parts.connections || !(state.parts.peers || state.parts.clients)) {
    return;
  }
  document.body.dataset.kind = status.kind;
  drawHead(status);
  drawFigures();
  drawMesh();
  drawActivity();
  drawMarkList();
  drawCharts();
  drawTimeline();
  if (isRelay()) {
    drawClients();
    drawQuotas();
  } else {
    drawPeers();
    drawHandovers();
    drawRelays();
    drawChoices();
  }
}

function drawHead(status) {
  const name = isRelay() ? 'relay' : status.node;
  document.title = `${name} · quicmesh`;
  text(byId('name'), name);
  text(byId('identity'), isRelay() ? status.relay : `${status.id.slice(0, 10)} in network ${status.network.slice(0, 16)}`);
  byId('health').dataset.state = status.healthy ? 'good' : 'bad';
  text(byId('summary'), status.summary);
  text(byId('version'), `quicmesh ${status.version}`);
}

onChange(draw);
document.addEventListener('visibilitychange', changed);
connect();
