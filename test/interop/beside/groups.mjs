import { until } from '../await.mjs'
import { alice, bob, carol, chat, jid } from '../people.mjs'

export async function groups({ a, b, runtime, control, step }) {
  const at = id => `/groups/${encodeURIComponent(id)}`
  const people = (...numbers) => ({ participants: numbers.map(number => ({ id: chat(number) })) })
  const shows = (id, match) => until('the runtime to show the group so', async () => {
    const list = await runtime.of('GET', '/groups?limit=100')
    const group = list.find(g => g.id === id)
    return group && match(group)
  })
  const role = (group, number) => group.participants.find(p => p.pn === chat(number))?.role

  await step('Create and run a group', 'runtime', 'subject, description, settings, added, promoted and removed members', async () => {
    const { id } = await runtime.of('POST', '/groups', { name: 'Made by the runtime', ...people(bob) })
    await a.log.wait('groups.upsert', g => g.id === id && g.subject === 'Made by the runtime')
    const told = match => a.log.wait('groups.update', g => g.id === id && match(g))
    const changed = (action, who) => a.log.wait('group-participants.update', e => e.id === id && e.action === action &&
      e.participants.some(p => (p.phoneNumber ?? p.id).startsWith(who)))
    await runtime.of('PUT', `${at(id)}/subject`, { subject: 'Renamed' })
    await told(g => g.subject === 'Renamed')
    await runtime.of('PUT', `${at(id)}/description`, { description: 'What for' })
    await told(g => g.desc === 'What for')
    await runtime.of('PUT', `${at(id)}/settings/security/messages-admin-only`, { adminsOnly: true })
    await told(g => g.announce === true)
    await runtime.of('POST', `${at(id)}/participants/add`, people(carol))
    await changed('add', carol)
    await runtime.of('POST', `${at(id)}/admin/promote`, people(bob))
    await changed('promote', bob)
    await runtime.of('POST', `${at(id)}/participants/remove`, people(carol))
    await changed('remove', carol)
  })
  await step('Create and run a group', 'Baileys', 'subject, description, settings, added, promoted and removed members', async () => {
    const { id } = await a.socket.groupCreate('Made by Baileys', [jid(bob)])
    await shows(id, g => g.subject === 'Made by Baileys')
    await a.socket.groupUpdateSubject(id, 'Renamed by Baileys')
    await shows(id, g => g.subject === 'Renamed by Baileys')
    await a.socket.groupUpdateDescription(id, 'What for')
    await shows(id, g => g.description === 'What for')
    await a.socket.groupSettingUpdate(id, 'announcement')
    await shows(id, g => g.membersCanSendMessages === false)
    await a.socket.groupParticipantsUpdate(id, [jid(carol)], 'add')
    await shows(id, g => role(g, carol) === 'participant')
    await a.socket.groupParticipantsUpdate(id, [jid(bob)], 'promote')
    await shows(id, g => role(g, bob) === 'admin')
    await a.socket.groupParticipantsUpdate(id, [jid(carol)], 'remove')
    await shows(id, g => role(g, carol) === undefined)
  })
  await step('A contact makes a group, and throws the account out', 'a client', 'both show the group, and then that they have left', async () => {
    const { id } = await b.socket.groupCreate('Made by Bob', [jid(alice)])
    await shows(id, g => g.subject === 'Made by Bob')
    await a.log.wait('groups.upsert', g => g.id === id)
    await b.socket.groupParticipantsUpdate(id, [jid(alice)], 'remove')
    await a.log.wait('group-participants.update', e => e.id === id && e.action === 'remove')
    await until('the runtime to be out of the group', async () => !(await runtime.of('GET', '/groups?limit=100')).some(g => g.id === id))
  })
  await step('Type in a chat', 'each', 'nothing; the contact sees both type', async () => {
    await b.socket.presenceSubscribe(jid(alice))
    const seen = (state, from) => b.log.wait('presence.update', e => Object.values(e.presences).some(p => p.lastKnownPresence === state), from)
    let from = b.log.mark()
    await runtime.send('startTyping', chat(bob), {})
    await seen('composing', from)
    await runtime.send('stopTyping', chat(bob), {})
    from = b.log.mark()
    await a.socket.sendPresenceUpdate('composing', jid(bob))
    await seen('composing', from)
    await control.arrived(bob, r => r.kind === 'chatstate' && r.state === 'composing')
  })
}
