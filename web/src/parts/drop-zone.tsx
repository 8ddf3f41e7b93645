// Where files are dropped, or chosen by the browser's own control, under a look like that of other buttons: it opens by mouse
// and keyboard alike.

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { filesOf } from '../lib/media';

interface Zone {
  says: string;
  chooses: string;
  accept: string;
  isSeveral: boolean;
  id: string | undefined;
  take: (files: File[]) => void;
  children?: ComponentChildren; // other ways, behind the control
}

export function DropZone({ says, chooses, accept, isSeveral, id, take, children }: Zone) {
  const [isOver, setOver] = useState(false);
  return (
    <div
      class={`drop ${isOver ? 'over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(filesOf(event.dataTransfer));
      }}
    >
      <span>{says}</span>
      <label class="button little chooser">
        <input
          id={id} type="file" accept={accept} multiple={isSeveral}
          onChange={(event) => {
            take([...(event.currentTarget.files ?? [])]);
            event.currentTarget.value = ''; // the same file can be chosen once more, when it was corrected
          }}
        />
        {chooses}
      </label>
      {children}
    </div>
  );
}
