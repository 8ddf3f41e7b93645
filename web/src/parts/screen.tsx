// One screen: its title in the tab and as the heading, which takes the focus when a person has come here from another.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { words } from '../words';

interface ScreenProps {
  title: string;
  isNarrow?: boolean;
  actions?: ComponentChildren;
  above?: ComponentChildren;
  children: ComponentChildren;
}

let isFirst = true;

export function Screen({ title, isNarrow = false, actions, above, children }: ScreenProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!isFirst && !heading.current?.closest('main')?.contains(document.activeElement)) heading.current?.focus();
    isFirst = false;
  }, []);
  useEffect(() => {
    document.title = words.titleOf(title);
  }, [title]);
  return (
    <main id="content" class={`page ${isNarrow ? 'narrow' : ''}`} tabIndex={-1}>
      {above}
      <div class="row apart">
        <h1 ref={heading} tabIndex={-1}>{title}</h1>
        {actions}
      </div>
      {children}
    </main>
  );
}
