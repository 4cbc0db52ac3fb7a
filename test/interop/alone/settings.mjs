import assert from 'node:assert/strict'
import { until } from '../await.mjs'
import { alice, bob, carol, jid } from '../people.mjs'

export async function settings({ a, b, control, step }) {
  const id = await control.send(carol, alice, 'the last message')
  const last = await a.message(id)
  const lastMessages = [{ key: last.key, messageTimestamp: last.messageTimestamp }]

  for (const [what, modification, match] of [
    ['Archive', { archive: true, lastMessages }, c => c.archived],
    ['Unarchive', { archive: false, lastMessages }, c => !c.archived],
    ['Mute', { mute: Date.now() + 8 * 3600_000 }, c => new Date(c.mutedUntil) > new Date()],
    ['Unmute', { mute: null }, c => !c.mutedUntil],
    ['Pin', { pin: true }, c => c.pinned],
    ['Unpin', { pin: false }, c => !c.pinned],
    ['Mark unread', { markRead: false, lastMessages }, c => c.markedUnread],
    ['Mark read', { markRead: true, lastMessages }, c => !c.markedUnread],
    ['Star', { star: { messages: [{ id, fromMe: false }], star: true } }, (_, view) => view.starred?.some(m => m.id === id)],
    ['Delete a chat', { delete: true, lastMessages }, c => c.deleted],
  ]) {
    await step(`${what}, in Baileys`, 'so on the phone', async () => {
      await a.socket.chatModify(modification, jid(carol))
      await control.chat(alice, jid(carol), match)
    })
  }
  for (const [what, change, match] of [
    ['Archive', { archived: true }, c => c.archived === true],
    ['Unarchive', { archived: false }, c => c.archived === false],
    ['Mute', { mutedUntil: new Date(Date.now() + 3600_000).toISOString() }, c => Number(c.muteEndTime) > 0],
    ['Pin', { pinned: true }, c => c.pinned],
    ['Unpin', { pinned: false }, c => c.pinned === null || c.pinned === 0],
    ['Mark unread', { read: false }, c => c.unreadCount === -1],
    ['Mark read', { read: true }, c => c.unreadCount === 0 || c.unreadCount === null],
  ]) {
    await step(`${what}, on the phone`, 'so in Baileys', async () => {
      const from = a.log.mark()
      await control.post('/chats', { user: alice, chat: bob, ...change })
      await a.log.wait('chats.update', c => c.id === jid(bob) && match(c), from)
    })
  }
  await step('Delete a chat, on the phone', 'so in Baileys', async () => {
    await control.post('/chats', { user: alice, chat: bob, deleted: true })
    await a.log.wait('chats.delete', id => id === jid(bob))
  })
  await step('Name a contact, and take the name back, in Baileys', 'so on the phone', async () => {
    const saved = match => control.chat(alice, jid(carol), (_, view) => match(view.contacts[jid(carol)]))
    await a.socket.addOrEditContact(jid(carol), { fullName: 'Carol Jones', firstName: 'Carol' })
    await saved(c => c?.fullName === 'Carol Jones' && c.firstName === 'Carol')
    await a.socket.removeContact(jid(carol))
    await saved(c => c === undefined)
  })
  await step("The account changes its name and its about text", 'the new ones, at a contact', async () => {
    await a.socket.updateProfileName('Alice B.')
    await control.chat(alice, jid(carol), (_, view) => view.pushName === 'Alice B.')
    await a.socket.updateProfileStatus('at the sea')
    await until('the about text', async () => (await b.socket.fetchStatus(jid(alice)))?.[0]?.status?.status === 'at the sea')
  })
  await step('Look up numbers, privacy and blocked contacts', 'who has an account; the settings; the list', async () => {
    const [found] = await a.socket.onWhatsApp(carol)
    assert.equal(found?.exists, true)
    assert.equal((await a.socket.fetchPrivacySettings(true)).last, 'all')
    await a.socket.updateBlockStatus(jid(carol), 'block')
    assert.equal((await a.socket.fetchBlocklist()).length, 1)
    await a.socket.updateBlockStatus(jid(carol), 'unblock')
    assert.equal((await a.socket.fetchBlocklist()).length, 0)
  })
}
