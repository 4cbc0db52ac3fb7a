import assert from 'node:assert/strict'
import { until } from '../await.mjs'
import { alice, bob, carol, jid } from '../people.mjs'

export async function groups({ a, b, control, step }) {
  const team = await control.addGroup('Team', alice, bob, carol)

  await step('A phone makes a group', 'the group, with its members', async () => {
    const info = await a.socket.groupMetadata(team.jid)
    assert.equal(info.subject, 'Team')
    assert.equal(info.participants.length, 3)
    assert.ok(Object.keys(await b.socket.groupFetchAllParticipating()).includes(team.jid))
  })
  await step('Members write to a group', 'every text, at both clients and all phones, with and without the sender key', async () => {
    for (let i = 0; i < 3; i++) {
      await control.send(carol, team.jid, `phone ${i}`)
      await Promise.all([a.message(`phone ${i}`), b.message(`phone ${i}`)])
      await a.send(team.jid, { text: `alice ${i}` })
      await b.message(`alice ${i}`)
      for (const member of [alice, bob, carol]) await control.text(member, `alice ${i}`)
      await b.send(team.jid, { text: `bob ${i}` })
      await a.message(`bob ${i}`)
      await control.text(carol, `bob ${i}`)
    }
  })
  await step('The own phone writes to a group', 'a message from me', async () => {
    const id = await control.send(alice, team.jid, 'typed for all')
    assert.equal((await a.message(id)).key.fromMe, true)
  })
  await step('A member reads a message of a group', 'who has read it', async () => {
    const key = await a.send(team.jid, { text: 'who reads?' })
    await b.socket.readMessages([(await b.message(key.id)).key])
    await control.post('/read', { user: carol, ids: [key.id] })
    await until('two readers', () => a.readers(key.id).size === 2)
  })
  await step('Reactions, edits and revokes in a group', 'all of them', async () => {
    const key = await a.send(team.jid, { text: 'in the group' })
    const got = await b.message(key.id)
    await b.send(team.jid, { react: { text: '🎉', key: got.key } })
    await a.log.wait('messages.reaction', r => r.key.id === key.id && r.reaction.text === '🎉')
    await a.send(team.jid, { text: 'in the group!', edit: key })
    await b.updated(key.id, u => u.message?.editedMessage)
    await a.send(team.jid, { delete: key })
    await b.updated(key.id, u => u.message === null)
  })
  await step('Baileys makes a group and runs it', 'subject, description, settings, added, promoted and removed members, at the other client', async () => {
    const { id } = await a.socket.groupCreate('Mine', [jid(bob)])
    const changed = (action, who) => b.log.wait('group-participants.update', e => e.id === id && e.action === action &&
      e.participants.some(p => (p.phoneNumber ?? p.id ?? p).startsWith(who)))
    const told = match => b.log.wait('groups.update', g => g.id === id && match(g))
    await until('the group at Bob', async () => Object.keys(await b.socket.groupFetchAllParticipating()).includes(id))
    await a.socket.groupUpdateSubject(id, 'Ours')
    await told(g => g.subject === 'Ours')
    await a.socket.groupUpdateDescription(id, 'What it is about')
    await told(g => g.desc === 'What it is about')
    await a.socket.groupSettingUpdate(id, 'announcement')
    await told(g => g.announce === true)
    await a.socket.groupParticipantsUpdate(id, [jid(carol)], 'add')
    await changed('add', carol)
    await a.socket.groupParticipantsUpdate(id, [jid(bob)], 'promote')
    await changed('promote', bob)
    await a.socket.groupParticipantsUpdate(id, [jid(carol)], 'remove')
    await changed('remove', carol)
    const info = await b.socket.groupMetadata(id)
    assert.deepEqual([info.subject, info.desc, info.participants.length], ['Ours', 'What it is about', 2])
  })
  await step('A member leaves, and comes back by invitation', 'who left and who joined', async () => {
    const { id } = await a.socket.groupCreate('Door', [jid(bob)])
    const code = await a.socket.groupInviteCode(id)
    await b.socket.groupLeave(id)
    await a.log.wait('group-participants.update', e => e.id === id && e.action === 'remove')
    assert.equal(await b.socket.groupAcceptInvite(code), id)
    await a.log.wait('group-participants.update', e => e.id === id && e.action === 'add')
  })
}
