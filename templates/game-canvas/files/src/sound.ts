let audio: AudioContext | undefined;

/** A short tone; browsers allow it once someone has pressed a key or touched the page. */
export function beep(frequency: number): void {
  audio ??= new AudioContext();
  if (audio.state !== "running") return;
  const tone = new OscillatorNode(audio, { frequency, type: "triangle" });
  const volume = new GainNode(audio, { gain: 0.15 });
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.15);
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.15);
}
