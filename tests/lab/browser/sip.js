/* SPDX-License-Identifier: BSD-3-Clause */
/* sip.js: SIP messages (RFC 3261) and the answer to a digest challenge (RFC 7616), for a phone in a browser. */
"use strict";

const hex = bytes => Array.from(bytes, b => b.toString(16).padStart(2, "0")).join("");
const token = (n = 8) => hex(crypto.getRandomValues(new Uint8Array(n)));
const uriOf = value => (/<([^>]*)>/.exec(value) || [null, value.split(";")[0].trim()])[1];
const userOf = uri => (/^sips?:([^@;]*)@/.exec(uri) || ["", ""])[1];

class Message {
	/* headers: [name, value] each. */
	constructor(start, headers, body = "") {
		Object.assign(this, { start, headers, body });
	}

	static parse(text) {
		const end = text.indexOf("\r\n\r\n");
		const [start, ...lines] = text.slice(0, end).replace(/\r\n[ \t]+/g, " ").split("\r\n");
		const headers = lines.map(line => [line.split(":", 1)[0].trim(), line.slice(line.indexOf(":") + 1).trim()]);
		return new Message(start, headers, text.slice(end + 4));
	}

	all(name) {
		return this.headers.filter(([n]) => n.toLowerCase() === name).map(([, value]) => value);
	}

	get(name) {
		return this.all(name)[0] || "";
	}

	get status() {
		return Number((/^SIP\/2.0 (\d+)/.exec(this.start) || [0, 0])[1]);
	}

	get method() {
		return this.get("cseq").split(" ")[1];
	}

	get cseq() {
		return Number(this.get("cseq").split(" ")[0]);
	}

	get uri() {
		return this.start.split(" ")[1];
	}

	get branch() {
		return (/;branch=([^;,]*)/.exec(this.get("via")) || ["", ""])[1];
	}

	toString() {
		const length = new TextEncoder().encode(this.body).length;
		const headers = [...this.headers, ["Content-Length", length]].map(([name, value]) => `${name}: ${value}\r\n`);
		return `${this.start}\r\n${headers.join("")}\r\n${this.body}`;
	}

	/* A response to this request; tag: what our side of the dialog is called. */
	response(status, tag, more = [], body = "") {
		const copied = this.headers.filter(([name]) =>
			/^(via|from|to|call-id|cseq|record-route)$/i.test(name) && (status > 100 || !/^record-route$/i.test(name)));
		const headers = copied.map(([name, value]) =>
			/^to$/i.test(name) && tag && !/;tag=/.test(value) ? [name, `${value};tag=${tag}`] : [name, value]);
		return new Message(`SIP/2.0 ${status} ${status < 300 ? "OK" : "No"}`, [...headers, ...more], body);
	}
}

/* RFC 1321, since browsers have no MD5 of their own and phones are asked for it still. */
function md5(text) {
	const bytes = new TextEncoder().encode(text);
	const words = new Uint32Array(((bytes.length + 8 >> 6) + 1) * 16);
	const turns = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
	const mixes = [(b, c, d) => b & c | ~b & d, (b, c, d) => d & b | ~d & c, (b, c, d) => b ^ c ^ d,
		(b, c, d) => c ^ (b | ~d)];
	const places = [i => i, i => 5 * i + 1, i => 3 * i + 5, i => 7 * i];
	const state = new Uint32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]);

	bytes.forEach((b, i) => { words[i >> 2] |= b << (i & 3) * 8; });
	words[bytes.length >> 2] |= 0x80 << (bytes.length & 3) * 8;
	words[words.length - 2] = bytes.length * 8;
	for (let at = 0; at < words.length; at += 16) {
		let [a, b, c, d] = state;
		for (let i = 0; i < 64; i++) {
			const round = i >> 4, turn = turns[round][i & 3];
			const sum = a + mixes[round](b, c, d) + Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32)
				+ words[at + places[round](i) % 16] | 0;
			[a, b, c, d] = [d, b + (sum << turn | sum >>> 32 - turn) | 0, b, c];
		}
		[a, b, c, d].forEach((value, i) => { state[i] += value; });
	}
	return hex(new Uint8Array(state.buffer));
}

/* The value of an Authorization header. */
function credentials(challenge, user, password, method, uri) {
	const field = name => (new RegExp(`[ ,]${name}="?([^",]*)`, "i").exec(challenge) || ["", ""])[1];
	const secret = md5(`${user}:${field("realm")}:${password}`), asked = md5(`${method}:${uri}`), cnonce = token(6);
	const qop = field("qop") ? `00000001:${cnonce}:auth:` : "";
	const answer = md5(`${secret}:${field("nonce")}:${qop}${asked}`);
	const more = (qop ? `,qop=auth,nc=00000001,cnonce="${cnonce}"` : "")
		+ (field("opaque") ? `,opaque="${field("opaque")}"` : "");
	return `Digest username="${user}",realm="${field("realm")}",nonce="${field("nonce")}",uri="${uri}",algorithm=MD5`
		+ `${more},response="${answer}"`;
}
