import { alice, bob, carol, jid } from '../people.mjs'

export async function presence({ a, b, control, step }) {
  const shown = (client, state, from) => client.log.wait('presence.update',
    e => Object.values(e.presences).some(p => p.lastKnownPresence === state), from)

  await step('A contact goes online and offline', 'both, after a subscription', async () => {
    await b.socket.presenceSubscribe(jid(alice))
    for (const state of ['unavailable', 'available']) {
      const from = b.log.mark()
      await a.socket.sendPresenceUpdate(state)
      await shown(b, state, from)
    }
  })
  await step('A contact types, records and stops', 'all three', async () => {
    for (const state of ['composing', 'recording', 'paused']) {
      const from = b.log.mark()
      await a.socket.sendPresenceUpdate(state, jid(bob))
      await shown(b, state === 'paused' ? 'available' : state, from)
    }
    await a.socket.sendPresenceUpdate('composing', jid(carol))
    await control.arrived(carol, r => r.kind === 'chatstate' && r.state === 'composing')
  })
}
