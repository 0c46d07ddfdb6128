/** Words about memory. */
import { entries } from './entry.ts';

export const MEMORY = entries({
  'address-space': {
    term: { en: 'address space', ko: '주소 공간' },
    meaning: {
      en: 'The addresses a process can use; its page table says which frame is behind each page.',
      ko: '프로세스가 쓸 수 있는 주소들이다. 페이지마다 어느 프레임이 있는지는 페이지 테이블이 정한다.',
    },
    see: ['page-table'],
  },
  segment: {
    term: { en: 'segment', ko: '메모리 영역' },
    meaning: {
      en: 'A part of an address space with one purpose: code, data, heap or stack. Its base and limit say where it lies.',
      ko: '한 가지 목적을 가진 주소 공간의 부분이다. 코드, 데이터, 힙, 스택 영역이 있으며 베이스와 한계가 위치를 나타낸다.',
    },
  },
  'code-segment': {
    term: { en: 'code segment', ko: '코드 영역' },
    also: ['text segment', '텍스트 영역'],
    meaning: {
      en: 'The instructions. It cannot be written, and its size does not change.',
      ko: '명령어가 저장된다. 쓰기가 금지된 읽기 전용이며 크기가 변하지 않는다.',
    },
  },
  'data-segment': {
    term: { en: 'data segment', ko: '데이터 영역' },
    meaning: {
      en: 'Global variables that live as long as the program. Its size does not change.',
      ko: '프로그램이 실행되는 동안 유지되는 전역 변수가 저장된다. 크기가 변하지 않는다.',
    },
  },
  'read-only-data': {
    term: { en: 'read-only data', ko: '읽기 전용 데이터' },
    also: ['rodata', 'rdata'],
    meaning: {
      en: 'Constants such as string literals.',
      ko: '문자열 상수와 같은 상수가 저장된다.',
    },
  },
  bss: {
    term: { en: 'bss', ko: 'BSS 영역' },
    meaning: {
      en: 'Global variables that begin as zero; the file need not hold them.',
      ko: '0으로 시작하는 전역 변수의 영역이다. 파일에는 저장되지 않는다.',
    },
  },
  heap: {
    term: { en: 'heap', ko: '힙 영역' },
    meaning: {
      en: 'Memory that the program asks for while it runs, and gives back.',
      ko: '프로그램이 실행 중에 직접 할당하고 반환하는 공간이다.',
    },
    see: ['memory-leak'],
  },
  stack: {
    term: { en: 'stack', ko: '스택 영역' },
    meaning: {
      en: 'Local variables, arguments and return addresses of the functions that are being called. Every thread has its own.',
      ko: '호출 중인 함수의 지역 변수, 인자, 복귀 주소가 쌓인다. 스레드마다 따로 있다.',
    },
    see: ['stack-frame'],
  },
  'stack-frame': {
    term: { en: 'stack frame', ko: '스택 프레임' },
    meaning: {
      en: 'What one call of a function keeps on the stack.',
      ko: '함수 호출 하나가 스택에 두는 내용이다.',
    },
  },
  library: {
    term: { en: 'shared library', ko: '공유 라이브러리' },
    meaning: {
      en: 'Code that several processes map and share in memory.',
      ko: '여러 프로세스가 메모리에서 함께 쓰는 코드이다.',
    },
  },
  'memory-leak': {
    term: { en: 'memory leak', ko: '메모리 누수' },
    meaning: {
      en: 'Heap memory that is never given back.',
      ko: '할당한 힙 메모리를 반환하지 않아 낭비되는 것이다.',
    },
  },
  page: {
    term: { en: 'page', ko: '페이지' },
    meaning: { en: '4 KiB of an address space.', ko: '주소 공간의 4 KiB 단위이다.' },
  },
  frame: {
    term: { en: 'frame', ko: '프레임' },
    meaning: {
      en: '4 KiB of physical memory; several pages may lie on the same one.',
      ko: '물리 메모리의 4 KiB 단위이다. 여러 페이지가 같은 프레임을 가리킬 수 있다.',
    },
  },
  'page-table': {
    term: { en: 'page table', ko: '페이지 테이블' },
    meaning: {
      en: 'Says for every page its frame and what may be done with it.',
      ko: '페이지마다 프레임과 접근 권한을 적은 표이다.',
    },
  },
  'page-fault': {
    term: { en: 'page fault', ko: '페이지 폴트' },
    meaning: {
      en: 'The processor finds no frame, or not the right to it; the kernel brings one, copies it, or sends SIGSEGV.',
      ko: '프레임이 없거나 권한이 없을 때 일어난다. 커널이 프레임을 마련하거나 복사하거나 SIGSEGV를 보낸다.',
    },
  },
  'copy-on-write': {
    term: { en: 'copy-on-write', ko: '쓰기 시 복사' },
    also: ['COW'],
    meaning: {
      en: 'After a fork both processes share frames; the first write to a page copies its frame.',
      ko: 'fork 뒤 두 프로세스가 프레임을 공유하다가 처음 쓸 때 그 프레임만 복사하는 방법이다.',
    },
    see: ['fork'],
  },
  resident: {
    term: { en: 'resident', ko: '상주' },
    also: ['RSS'],
    meaning: {
      en: 'Pages that have a frame now.',
      ko: '지금 프레임을 가진 페이지들이다.',
    },
  },
  private: {
    term: { en: 'private', ko: '사유' },
    meaning: { en: 'Of this process alone.', ko: '이 프로세스만 쓰는 것이다.' },
  },
  shared: {
    term: { en: 'shared', ko: '공유' },
    meaning: { en: 'Of several processes.', ko: '여러 프로세스가 함께 쓰는 것이다.' },
  },
});
