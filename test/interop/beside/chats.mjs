import { alice, bob, carol, chat, jid } from '../people.mjs'

export async function chats(world) {
  const { a, b, runtime, control, step } = world
  const id = await control.send(carol, alice, 'the last message')
  const { key, messageTimestamp } = await a.message(id)
  const lastMessages = [{ key, messageTimestamp }]
  await runtime.message(chat(carol), id)
  const path = `/chats/${encodeURIComponent(chat(carol))}`

  for (const [what, call, match] of [
    ['Archive', 'archive', c => c.archived === true],
    ['Unarchive', 'unarchive', c => c.archived === false],
    ['Pin', 'pin', c => c.pinned],
    ['Unpin', 'unpin', c => !c.pinned],
    ['Mark unread', 'unread', c => c.unreadCount === -1],
  ]) {
    await step(`${what} a chat`, 'runtime', 'so', async () => {
      const from = a.log.mark()
      await runtime.of('POST', `${path}/${call}`)
      await a.log.wait('chats.update', c => [jid(carol), key.remoteJid].includes(c.id) && match(c), from)
    })
  }
  for (const [what, modification, match] of [
    ['Mark read', { markRead: true, lastMessages }, c => !c.markedUnread],
    ['Mark unread', { markRead: false, lastMessages }, c => c.markedUnread],
    ['Archive', { archive: true, lastMessages }, c => c.archived],
    ['Unarchive', { archive: false, lastMessages }, c => !c.archived],
    ['Pin', { pin: true }, c => c.pinned],
    ['Unpin', { pin: false }, c => !c.pinned],
    ['Mute', { mute: Date.now() + 8 * 3600_000 }, c => c.muted],
    ['Unmute', { mute: null }, c => !c.muted],
  ]) {
    await step(`${what} a chat`, 'Baileys', 'so', async () => {
      await a.socket.chatModify(modification, jid(carol))
      await runtime.chat(chat(carol), match)
    })
  }
  await step('Archive, pin and mute a chat', 'the phone', 'both show it so', async () => {
    const from = a.log.mark()
    const mutedUntil = new Date(Date.now() + 3600_000).toISOString()
    await control.post('/chats', { user: alice, chat: bob, archived: true, mutedUntil })
    await control.post('/chats', { user: alice, chat: carol, pinned: true })
    await runtime.chat(chat(bob), c => c.archived && c.muted)
    await runtime.chat(chat(carol), c => c.pinned)
    for (const match of [c => c.archived, c => Number(c.muteEndTime) > 0, c => c.pinned]) await a.log.wait('chats.update', match, from)
  })
  await step('Star a message', 'runtime', 'a starred message', async () => {
    const from = a.log.mark()
    await runtime.call('PUT', '/api/star', { session: runtime.session, chatId: chat(carol), messageId: `false_${chat(carol)}_${id}`, star: true })
    await a.log.wait('messages.update', u => u.key.id === id && u.update.starred === true, from)
  })
  await step('Unstar a message', 'Baileys', 'so, on the phone', async () => {
    await a.socket.chatModify({ star: { messages: [{ id, fromMe: false }], star: false } }, jid(carol))
    await control.chat(alice, jid(carol), (_, view) => !view.starred?.some(m => m.id === id))
  })
  await step('Delete a chat', 'runtime', 'that it is deleted', async () => {
    await runtime.of('DELETE', path)
    await a.log.wait('chats.delete', deleted => [jid(carol), key.remoteJid].includes(deleted))
  })
  await step('Delete a chat', 'Baileys', 'the chat no more', async () => {
    const last = await a.message((await b.send(jid(alice), { text: 'the end' })).id)
    await runtime.message(chat(bob), last.key.id)
    await a.socket.chatModify({ delete: true, lastMessages: [last] }, jid(bob))
    await runtime.chat(chat(bob), c => c.id === undefined)
  })
  await step('Leave a group', 'runtime', 'that I have left', async () => {
    await runtime.of('POST', `/groups/${encodeURIComponent(world.team)}/leave`)
    await a.log.wait('group-participants.update', e => e.id === world.team && e.action === 'remove')
  })
}
