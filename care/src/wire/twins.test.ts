import { connect } from './connect.ts';
import { lockerSuite } from './example.suite.ts';
import { lockerContract, openLocker, serveLocker } from './example.ts';

lockerSuite('called directly', async () => openLocker());

lockerSuite('behind a fetch handler', async () => {
  const fetch = serveLocker();
  return (who) => connect(lockerContract, { fetch, authorize: async () => `I am ${who}` });
});
