export { ERRNO, type Errno } from './errno.ts';
export {
  type DefaultAction,
  defaultAction,
  SA,
  SI,
  SIGNAL,
  SIGRTMAX,
  SIGRTMIN,
  type SignalName,
  signalName,
} from './signal.ts';
