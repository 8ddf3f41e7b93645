// Paths without a library: the address is the state.

import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

const CHANGED = 'everlong:path';

export function go(path: string, { replace = false } = {}): void {
  if (path === location.pathname + location.search + location.hash) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', path);
  window.dispatchEvent(new Event(CHANGED));
}

export function usePath(): string {
  const [path, setPath] = useState(location.pathname);
  useEffect(() => {
    const read = () => setPath(location.pathname);
    window.addEventListener('popstate', read);
    window.addEventListener(CHANGED, read);
    return () => {
      window.removeEventListener('popstate', read);
      window.removeEventListener(CHANGED, read);
    };
  }, []);
  return path;
}

type LinkProps = Omit<JSX.HTMLAttributes<HTMLAnchorElement>, 'href'> & {
  href: string;
  children: ComponentChildren;
  class?: string;
};

// A plain link that stays within the page; with a modifier key it opens as any link does.
export function Link({ href, children, ...rest }: LinkProps) {
  return (
    <a
      {...rest}
      href={href}
      onClick={(event) => {
        if (event.defaultPrevented || event.button !== 0) return;
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        go(href);
      }}
    >
      {children}
    </a>
  );
}

// The text of the segment between prefix and suffix: segment('/channels/cafe', '/channels/') is 'cafe'.
export function segment(path: string, prefix: string, suffix = ''): string | null {
  const trimmed = path.replace(/\/$/, '');
  if (!trimmed.startsWith(prefix) || !trimmed.endsWith(suffix)) return null;
  const rest = trimmed.slice(prefix.length, suffix === '' ? undefined : -suffix.length);
  if (rest === '' || rest.includes('/')) return null;
  try {
    return decodeURIComponent(rest);
  } catch {
    return null;
  }
}
