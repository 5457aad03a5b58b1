/** What `scripted-endpoint-process --module` takes its replies from. */
export { scriptedReply as reply } from '../../systems/synthetic/scripted-reply';
