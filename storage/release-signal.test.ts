import { ReleaseSignal } from './release-signal';

it('wakes one of the group, who has waited longest and is still there', () => {
  const signal = new ReleaseSignal();
  const woken: string[] = [];
  const wait = (group: string, name: string) => signal.onNext(group, () => woken.push(name));
  wait('other run', 'x');
  const leave = wait('run', 'a');
  wait('run', 'b');
  wait('run', 'c');
  leave();
  signal.announce('run');
  expect(woken).toEqual(['b']);
  signal.announce('run');
  signal.announce('run');
  expect(woken).toEqual(['b', 'c']);
});
