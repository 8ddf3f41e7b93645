// The band of a rehearsal, and its time machine.

import { useId, useState } from 'preact/hooks';
import { api } from '../lib/api';
import { lookAgain, useAction, useNow, useResource } from '../lib/live';
import { dateTime } from '../lib/time';
import type { Simulation } from '../lib/types';
import { Button, ProblemNote } from '../parts/basics';
import { announce } from '../parts/live-region';
import { words } from '../words';

const OUTAGE = [{ match: {}, times: 1_000_000, fault: { kind: 'status', status: 503 } }];
const OPEN = 'everlong:time-machine';

function isKeptOpen(): boolean {
  try {
    return sessionStorage.getItem(OPEN) === 'yes';
  } catch {
    return false;
  }
}

export function RehearsalBand() {
  const now = useNow();
  const [isOpen, setOpen] = useState(isKeptOpen);
  const id = useId();
  const said = words.machine;
  const toggle = () => {
    try {
      sessionStorage.setItem(OPEN, isOpen ? 'no' : 'yes');
    } catch {
      // A browser without storage forgets it; nothing else is lost.
    }
    setOpen(!isOpen);
  };
  return (
    <aside class="band" aria-label={said.band}>
      <div class="band-inner">
        <div class="band-line">
          <strong>{said.band}</strong>
          <span class="small">{said.now} <time dateTime={new Date(now).toISOString()} id="virtual-now">{dateTime(now)}</time></span>
          <button class="button little" type="button" aria-expanded={isOpen} aria-controls={id} onClick={toggle} id="time-machine">
            {said.open}
          </button>
        </div>
        <div id={id}>{isOpen && <TimeMachine />}</div>
      </div>
    </aside>
  );
}

function TimeMachine() {
  const said = words.machine;
  const action = useAction();
  const world = useResource('sandbox', () => api.get<Simulation>('/v1/sandbox'));
  const [person, setPerson] = useState('');
  const who = useId();
  const jump = (seconds: number, label: string) =>
    void action.run(async () => {
      const clock = await api.post<{ now: string }>('/v1/sandbox/clock', { advance_s: seconds });
      lookAgain(clock.now);
      announce(said.jumped(label, dateTime(clock.now)));
    });
  const happen = (type: string, done: string) =>
    void action.run(async () => {
      await api.post('/v1/sandbox/event', person ? { type, user_id: person } : { type });
      lookAgain();
      announce(done);
    });
  const fail = (faults: unknown[], done: string) =>
    void action.run(async () => {
      await api.post('/v1/sandbox/faults', { faults });
      announce(done);
    });
  const people = (world.value?.people ?? []).filter((one) => one.accounts.length > 0);
  return (
    <div class="machine" role="group" aria-label={said.label}>
      <div class="row" role="group" aria-label={said.jump}>
        <span class="machine-label">{said.jump}</span>
        {said.jumps.map((one) => (
          <Button key={one.seconds} isLittle isBusy={action.isBusy} onClick={() => jump(one.seconds, one.label)}>{one.label}</Button>
        ))}
      </div>
      <div class="row" role="group" aria-label={said.happen}>
        <span class="machine-label">{said.happen}</span>
        {said.events.map((one) => (
          <Button key={one.type} isLittle isBusy={action.isBusy} onClick={() => happen(one.type, one.done)}>{one.label}</Button>
        ))}
        {people.length > 1 && (
          <div class="whom">
            <label class="small" for={who}>{said.who}</label>
            <select id={who} class="input" value={person} onChange={(event) => setPerson(event.currentTarget.value)}>
              {people.map((one, index) => (
                <option key={one.id} value={index === 0 ? '' : one.id}>
                  {one.name} ({one.accounts.slice(0, 2).join(', ')}{one.accounts.length > 2 ? ', …' : ''})
                </option>
              ))}
            </select>
          </div>
        )}
      </div>
      <div class="row" role="group" aria-label={said.meta}>
        <span class="machine-label">{said.meta}</span>
        <Button isLittle isBusy={action.isBusy} onClick={() => fail(OUTAGE, said.isDown)}>{said.down}</Button>
        <Button isLittle isBusy={action.isBusy} onClick={() => fail([], said.isUp)}>{said.up}</Button>
      </div>
      <ProblemNote problem={action.problem} />
    </div>
  );
}
