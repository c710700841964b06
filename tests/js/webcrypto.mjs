// Browsers have a global crypto; Debian 12's Node 18 only as a module. Import this before the code under test.
import { webcrypto } from 'node:crypto';

globalThis.crypto ??= webcrypto;
