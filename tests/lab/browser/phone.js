/* SPDX-License-Identifier: BSD-3-Clause */
/* phone.js: a phone in a browser: SIP over a WebSocket (RFC 7118), audio by WebRTC. GET /do brings what it shall do,
 * one command each; what happens goes to /event: the same commands and events as those of phone.py. One call at a
 * time. */
"use strict";

const ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY";
const GATHER_MS = 3000;
const SDP = ["Content-Type", "application/sdp"];

const told = [];

/* One after the other: they must come in order. */
async function tell(event, more = {}) {
	const before = told[0];
	const mine = (async () => {
		await before;
		await fetch("/event", { method: "POST", body: JSON.stringify({ event, t: Date.now() / 1000, ...more }) });
	})();
	told[0] = mine;
	return mine;
}

function gathered(pc) {
	return new Promise(done => {
		pc.addEventListener("icegatheringstatechange", () => pc.iceGatheringState === "complete" && done());
		setTimeout(done, GATHER_MS);
		if (pc.iceGatheringState === "complete")
			done();
	});
}

class Call {
	constructor(outgoing, id, local, remote, target) {
		Object.assign(this, { outgoing, id, local, remote, target, routes: [], state: "new", cseq: 1, acks: new Map() });
	}

	/* The tone goes out; what comes is heard. */
	openMedia(sound) {
		this.pc = new RTCPeerConnection();
		this.pc.ontrack = event => sound.listen(event.streams[0] || new MediaStream([event.track]));
		this.pc.onconnectionstatechange = () => tell("connection", { state: this.pc.connectionState });
		this.sender = this.pc.addTrack(sound.track, new MediaStream());
	}

	get transceiver() {
		return this.pc.getTransceivers()[0];
	}

	async offer() {
		await this.pc.setLocalDescription(await this.pc.createOffer());
		await gathered(this.pc);
		return this.pc.localDescription.sdp;
	}

	async answerTo(sdp) {
		await this.pc.setRemoteDescription({ type: "offer", sdp });
		await this.pc.setLocalDescription(await this.pc.createAnswer());
		await gathered(this.pc);
		return this.pc.localDescription.sdp;
	}

	/* A 200 that is sent again, or follows a 183 with the same, changes nothing. */
	async take(sdp) {
		if (sdp && this.pc.signalingState === "have-local-offer")
			await this.pc.setRemoteDescription({ type: "answer", sdp });
	}
}

class Phone {
	constructor(options, sound) {
		Object.assign(this, options, { sound, waiting: new Map(), registerId: token(), registerCseq: 0, call: null });
		this.aor = `sip:${this.user}@${this.domain}`;
		this.host = `${token(6)}.invalid`;
		this.contactUser = `${this.user}-${token(4)}`;
		this.over = this.url.startsWith("wss:") ? "WSS" : "WS";
	}

	static async begin() {
		try {
			const options = await (await fetch("/options")).json();
			await navigator.mediaDevices.getUserMedia({ audio: true }); /* with this right, candidates are addresses */
			const phone = new Phone(options, new Sound(options.hertz));
			await phone.connect();
			await tell("ready", { contact_user: phone.contactUser, browser: navigator.userAgent });
			await phone.obey();
		} catch (error) {
			await tell("broken", { why: String(error.stack || error) });
		}
	}

	connect() {
		return new Promise((done, failed) => {
			this.socket = new WebSocket(this.url, "sip");
			this.socket.onopen = done;
			this.socket.onerror = () => failed(new Error(`no connection to ${this.url}`));
			this.socket.onclose = event => tell("closed", { why: `${event.code} ${event.reason}` });
			let before = Promise.resolve();
			this.socket.onmessage = event => {
				before = before.then(() => this.receive(event.data)).catch(error =>
					tell("broken", { why: String(error.stack || error) }));
			};
		});
	}

	async obey() {
		for (;;) {
			const answer = await fetch("/do");
			if (answer.status === 200) {
				const { do: what, ...more } = await answer.json();
				await this[`do_${what}`](more);
			}
		}
	}

	send(message) {
		const text = message.toString();
		tell("sip", { dir: "out", text });
		this.socket.send(text);
	}

	async receive(text) {
		if (!text.trim())
			return;
		tell("sip", { dir: "in", text });
		const message = Message.parse(text);
		if (message.status) {
			const done = this.waiting.get(`${message.branch} ${message.method}`);
			await (done && done(message));
		} else if (this[`on_${message.method}`]) {
			await this[`on_${message.method}`](message);
		} else {
			this.send(message.response(405, "", [["Allow", ALLOW]]));
		}
	}

	get contact() {
		return `<sip:${this.contactUser}@${this.host};transport=ws>`;
	}

	/* done: called with each response; null: no response is expected. */
	request(method, uri, { id, cseq, from, to, routes = [], more = [], body = "", branch = "z9hG4bK" + token() }, done) {
		const message = new Message(`${method} ${uri} SIP/2.0`, [
			["Via", `SIP/2.0/${this.over} ${this.host};branch=${branch}`], ...routes.map(r => ["Route", r]),
			["Max-Forwards", 70], ["From", from], ["To", to], ["Call-ID", id], ["CSeq", `${cseq} ${method}`], ...more], body);
		if (done)
			this.waiting.set(`${branch} ${method}`, done);
		this.send(message);
		return message;
	}

	/* The header that answers a challenge, or null where the answer did not please. */
	authorization(answer, request) {
		const proxy = answer.status === 407;
		if (answer.status !== 401 && !proxy || request.get("authorization") || request.get("proxy-authorization"))
			return null;
		const challenge = answer.get(proxy ? "proxy-authenticate" : "www-authenticate");
		return [proxy ? "Proxy-Authorization" : "Authorization",
			credentials(challenge, this.user, this.password, request.method, request.uri)];
	}

	do_register({ expires = 60 } = {}, more = []) {
		const request = this.request("REGISTER", `sip:${this.domain}`, {
			id: this.registerId, cseq: ++this.registerCseq, from: `<${this.aor}>;tag=${token(4)}`, to: `<${this.aor}>`,
			more: [["Contact", `${this.contact};expires=${expires}`], ["Allow", ALLOW],
				["Supported", "path, outbound"], ...more],
		}, answer => {
			const header = this.authorization(answer, request);
			if (header)
				this.do_register({ expires }, [header]);
			else if (answer.status >= 200 && this.left)
				this.left();
			else if (answer.status >= 200)
				tell("registered", { status: answer.status });
		});
	}

	/* Takes leave of the SBC, if it still answers. */
	async do_leave() {
		const left = new Promise(done => { this.left = done; });
		this.do_register({ expires: 0 });
		await Promise.race([left, new Promise(done => setTimeout(done, 1000))]);
		await tell("left");
	}

	/* --- calls out --- */

	/* lies: tells a fingerprint that is not that of its certificate. */
	async do_call({ to, lies = false }) {
		const uri = to.includes(":") ? to : `sip:${to}@${this.domain}`;
		const call = this.call = new Call(true, token(), `<${this.aor}>;tag=${token(4)}`, `<${uri}>`, uri);
		call.openMedia(this.sound);
		const sdp = await call.offer();
		this.invite(call, lies ? sdp.replace(/(a=fingerprint:\S+ )(..)/, (_, name, first) =>
			name + (first === "00" ? "FF" : "00")) : sdp, []);
	}

	invite(call, body, more) {
		const request = call.invite = this.request("INVITE", call.target, {
			id: call.id, cseq: ++call.cseq, from: call.local, to: call.remote, routes: call.routes, body,
			more: [["Contact", this.contact], ["Allow", ALLOW], SDP, ...more],
		}, answer => this.invited(call, request, answer));
	}

	async invited(call, request, answer) {
		if (answer.status >= 300) {
			this.request("ACK", request.uri, { id: call.id, cseq: answer.cseq, from: call.local, to: answer.get("to"),
				routes: request.all("route"), branch: request.branch });
			const header = this.authorization(answer, request);
			if (header)
				this.invite(call, request.body, [header]);
			else if (call.state === "up")
				tell("refused", { status: answer.status });
			else
				await this.end(call, "failed", { status: answer.status });
			return;
		}
		if (answer.status > 100 && answer.status < 200)
			tell("ringing", { status: answer.status });
		if (answer.status >= 200)
			await this.confirm(call, answer);
	}

	/* Each 200 is acknowledged; the first one counts. */
	async confirm(call, answer) {
		const ack = call.acks.get(answer.cseq), first = call.state !== "up";
		if (ack) {
			this.send(ack);
			return;
		}
		call.state = "up";
		call.remote = answer.get("to");
		call.target = uriOf(answer.get("contact"));
		call.routes = first ? answer.all("record-route").reverse() : call.routes;
		call.acks.set(answer.cseq, this.request("ACK", call.target, {
			id: call.id, cseq: answer.cseq, from: call.local, to: call.remote, routes: call.routes }));
		await call.take(answer.body);
		tell(first ? "answered" : "changed", { status: answer.status, direction: call.transceiver.currentDirection });
	}

	async reinvite(direction, restart) {
		this.call.transceiver.direction = direction;
		if (restart)
			this.call.pc.restartIce();
		this.invite(this.call, await this.call.offer(), []);
	}

	do_hold() {
		return this.reinvite("sendonly", false);
	}

	do_resume() {
		return this.reinvite("sendrecv", false);
	}

	/* ICE begins anew (RFC 8445 9): new ufrag, new password. */
	do_restart() {
		return this.reinvite("sendrecv", true);
	}

	do_bye() {
		const call = this.call;
		this.request("BYE", call.target, {
			id: call.id, cseq: ++call.cseq, from: call.local, to: call.remote, routes: call.routes,
		}, answer => this.end(call, "ended", { by: "us", status: answer.status }));
	}

	/* Blindly. */
	do_refer({ to }) {
		const call = this.call;
		this.request("REFER", call.target, {
			id: call.id, cseq: ++call.cseq, from: call.local, to: call.remote, routes: call.routes,
			more: [["Contact", this.contact], ["Refer-To", `<sip:${to}@${this.domain}>`]],
		}, answer => tell("referred", { status: answer.status }));
	}

	/* When the call is over its media goes on. */
	do_linger() {
		this.call.lingers = true;
	}

	do_forget() {
		this.sound.forget();
	}

	async do_media() {
		tell("media", await this.report(this.call || this.lingering));
	}

	/* --- calls in --- */

	async on_INVITE(message) {
		if (this.call && this.call.id === message.get("call-id")) {
			await this.reinvited(this.call, message);
			return;
		}
		if (this.call) {
			this.send(message.response(486, token(4)));
			return;
		}
		this.send(message.response(100));
		const tag = token(4);
		const call = this.call = new Call(false, message.get("call-id"), `${message.get("to")};tag=${tag}`,
			message.get("from"), uriOf(message.get("contact")));
		Object.assign(call, { invite: message, tag, routes: message.all("record-route") });
		tell("incoming", { user: userOf(uriOf(message.get("from"))), sdp: message.body });
	}

	/* early: answers already, so that media can be had while it rings. */
	async do_ring({ early = false } = {}) {
		if (early)
			await this.accept(this.call, this.call.invite, 183);
		else
			this.send(this.call.invite.response(180, this.call.tag, [["Contact", this.contact]]));
	}

	do_reject({ status = 486 } = {}) {
		this.send(this.call.invite.response(status, this.call.tag));
		return this.end(this.call, "ended", { by: "us", status });
	}

	async do_answer() {
		const call = this.call;
		await this.accept(call, call.invite);
		call.state = "up";
		tell("answered", { status: 200 });
	}

	/* What it has answered early it answers again (RFC 3261 13.3.1.1); who offers nothing is offered something. */
	async accept(call, message, status = 200) {
		if (!call.pc)
			call.openMedia(this.sound);
		const body = call.early === message ? call.pc.localDescription.sdp
			: await (message.body ? call.answerTo(message.body) : call.offer());
		call.early = message;
		this.send(message.response(status, call.tag, [["Contact", this.contact], ["Allow", ALLOW], SDP], body));
	}

	async reinvited(call, message) {
		call.target = uriOf(message.get("contact")) || call.target;
		await this.accept(call, message);
		tell("changed", { direction: call.transceiver.currentDirection });
	}

	async on_ACK(message) {
		if (this.call && this.call.id === message.get("call-id") && this.call.state === "up") {
			await this.call.take(message.body);
			tell("confirmed");
		}
	}

	/* How a transfer goes, of which the body has the first line of a response (RFC 3420). */
	on_NOTIFY(message) {
		this.send(message.response(this.call && this.call.id === message.get("call-id") ? 200 : 481));
		tell("told", { status: Number((/^SIP\/2\.0 (\d+)/.exec(message.body) || [])[1] || 0) });
	}

	async on_BYE(message) {
		const ours = this.call && this.call.id === message.get("call-id");
		this.send(message.response(ours ? 200 : 481));
		if (ours)
			await this.end(this.call, "ended", { by: "far side" });
	}

	async on_CANCEL(message) {
		const call = this.call;
		const ours = call && call.id === message.get("call-id") && call.state !== "up";
		this.send(message.response(ours ? 200 : 481, ours ? call.tag : ""));
		if (ours) {
			this.send(call.invite.response(487, call.tag));
			await this.end(call, "ended", { by: "cancel", status: 487 });
		}
	}

	on_OPTIONS(message) {
		this.send(message.response(200, token(4), [["Allow", ALLOW]]));
	}

	/* --- ends --- */

	/* What the browser knows of its media: packets, the tone, the road, how it is protected. */
	async report(call) {
		if (!call || !call.pc)
			return {};
		const stats = [...(await call.pc.getStats()).values()];
		const of = (type, more = () => true) => stats.find(s => s.type === type && more(s)) || {};
		const transport = of("transport"), pair = of("candidate-pair", s => s.id === transport.selectedCandidatePairId);
		const far = of("remote-candidate", s => s.id === pair.remoteCandidateId), came = of("inbound-rtp");
		const codec = of("codec", s => s.id === came.codecId);
		return {
			sent: of("outbound-rtp").packetsSent || 0, received: came.packetsReceived || 0, bytes: came.bytesReceived || 0,
			lost: came.packetsLost || 0, energy: came.totalAudioEnergy || 0, heard: this.sound.heard,
			remote: `${far.address}:${far.port}`, codec: codec.mimeType || "", dtls: transport.dtlsState || "",
			role: transport.dtlsRole || "", cipher: transport.srtpCipher || "", consents: pair.consentRequestsSent || 0,
			checks: pair.responsesReceived || 0, rtcp: of("remote-inbound-rtp").roundTripTimeMeasurements || 0,
		};
	}

	async end(call, event, more) {
		const media = await this.report(call);
		if (call.lingers)
			this.lingering = call;
		else if (call.pc)
			call.pc.close();
		this.call = null;
		tell(event, { media, ...more });
	}
}
