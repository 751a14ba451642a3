/* SPDX-License-Identifier: BSD-3-Clause */
/* sound.js: the tone that a browser sends, and which tone it hears. */
"use strict";

class Sound {
	static LOOK_MS = 50;

	constructor(hertz) {
		this.context = new AudioContext();
		const tone = new OscillatorNode(this.context, { frequency: hertz });
		this.own = new MediaStreamAudioDestinationNode(this.context);
		tone.connect(new GainNode(this.context, { gain: 0.25 })).connect(this.own);
		tone.start();
		this.looks = [];
	}

	get track() {
		return this.own.stream.getAudioTracks()[0].clone();
	}

	/* An element must play what comes, else Chromium decodes nothing of it. */
	listen(stream) {
		document.getElementById("far").srcObject = stream;
		this.ear = new AnalyserNode(this.context, { fftSize: 4096, smoothingTimeConstant: 0 });
		new MediaStreamAudioSourceNode(this.context, { mediaStream: stream }).connect(this.ear);
		this.forget();
		this.timer = this.timer || setInterval(() => this.look(), Sound.LOOK_MS);
	}

	look() {
		const levels = new Float32Array(this.ear.frequencyBinCount);
		this.ear.getFloatFrequencyData(levels);
		const best = levels.reduce((best, level, i) => level > levels[best] ? i : best, 0);
		if (levels[best] > -50)
			this.looks.push(best * this.context.sampleRate / this.ear.fftSize);
	}

	forget() {
		this.looks = [];
	}

	/* [hertz, seconds] of what was heard. */
	get heard() {
		const sorted = [...this.looks].sort((a, b) => a - b);
		return [Math.round(sorted[sorted.length >> 1] || 0), sorted.length * Sound.LOOK_MS / 1000];
	}
}
