// What changes is told: shown as a toast, and read out by screen readers.

import { useEffect, useState } from 'preact/hooks';

interface Said {
  id: number;
  text: string;
}

const SHOWN_MS = 6000;
let last = 0;
let show: (said: Said) => void = () => undefined;

export function announce(text: string): void {
  show({ id: ++last, text });
}

export function LiveRegion() {
  const [said, setSaid] = useState<Said[]>([]);
  useEffect(() => {
    show = (one) => {
      setSaid((before) => [...before.slice(-2), one]);
      window.setTimeout(() => setSaid((before) => before.filter((other) => other.id !== one.id)), SHOWN_MS);
    };
    return () => {
      show = () => undefined;
    };
  }, []);
  return (
    <div class="toasts" role="status" aria-live="polite">
      {said.map((one) => (
        <div class="toast" key={one.id}>{one.text}</div>
      ))}
    </div>
  );
}
