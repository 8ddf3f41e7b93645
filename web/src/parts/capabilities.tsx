// Permissions as what a channel can and cannot do.

import type { Permission } from '../lib/types';
import { words } from '../words';
import { Mark } from './basics';

export function Capabilities({ permissions, granted }: { permissions: Permission[]; granted: string[] }) {
  const said = words.channel;
  const known = new Set(permissions.map((permission) => permission.name));
  const others = granted.filter((name) => !known.has(name));
  return (
    <ul class="marked">
      {permissions.map((permission) => {
        const has = granted.includes(permission.name);
        const tone = has ? 'good' : permission.required ? 'bad' : 'none';
        return (
          <li key={permission.name} data-permission={permission.name} data-granted={has}>
            <Mark tone={tone} />
            <div>
              <span class="for-readers">{has ? said.can : said.cannot}: </span>
              {has ? permission.capability : permission.consequence}
              <div class="small soft">
                <code>{permission.name}</code>{has ? '' : ` ${said.missing}`}{permission.required ? '' : ` (${said.optional})`}
              </div>
            </div>
          </li>
        );
      })}
      {others.map((name) => (
        <li key={name}>
          <Mark tone="good" />
          <div><span class="small soft">{said.extra}: <code>{name}</code></span></div>
        </li>
      ))}
    </ul>
  );
}

// What was asked for and not granted, by what it costs.
export function Declined({ permissions }: { permissions: Permission[] }) {
  if (permissions.length === 0) return null;
  return (
    <ul class="marked">
      {permissions.map((permission) => (
        <li key={permission.name} data-declined={permission.name}>
          <Mark tone={permission.required ? 'bad' : 'warn'} />
          <div>
            {permission.consequence || permission.name}
            <div class="small soft"><code>{permission.name}</code></div>
          </div>
        </li>
      ))}
    </ul>
  );
}
